import { isLines } from '../node/draft.ts'
import { jsonText } from '../node/json-text.ts'

const BOX = 'max-h-64 overflow-auto rounded-control bg-sunken px-2.5 py-1.5 text-list'

/** Shows a value as a whole: texts as they are, lists of lines as such, everything else as JSON. */
export const Whole = ({ value }: Readonly<{ value: unknown }>) => {
  if (Array.isArray(value) && value.length > 0 && isLines(value)) {
    return (
      <ul className={`${BOX} list-disc pl-6`}>
        {value.map((line, at) => (
          // A list may hold a line twice.
          <li key={`${at} ${line}`} dir="auto" className="[overflow-wrap:anywhere]">
            {line}
          </li>
        ))}
      </ul>
    )
  }
  const isText = typeof value === 'string'
  return (
    <pre
      dir="auto"
      tabIndex={0}
      className={`${BOX} [overflow-wrap:anywhere] whitespace-pre-wrap ${
        isText ? 'font-sans' : 'font-mono text-meta'
      }`}
    >
      {isText ? value : jsonText(value)}
    </pre>
  )
}
