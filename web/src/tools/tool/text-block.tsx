import { LongText } from '../plain-text.tsx'
import { CopyButton } from './copy-button.tsx'
import { JsonTree } from './json-tree.tsx'

/** Shows a text; one that is JSON can be looked at as a tree. */
export const TextBlock = ({ text }: Readonly<{ text: string }>) => {
  const data = dataIn(text)
  return (
    <div className="relative">
      {data === undefined ? (
        <LongText text={text} label="Text of the result" />
      ) : (
        <JsonTree value={data} label="JSON of the result" />
      )}
      <span className="absolute top-1 right-1 rounded-control bg-sunken">
        <CopyButton label="Copy the text" text={() => text} small />
      </span>
    </div>
  )
}

const JSON_CHARS_MAX = 2_000_000

const dataIn = (text: string): unknown => {
  if (text.length > JSON_CHARS_MAX || !/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
