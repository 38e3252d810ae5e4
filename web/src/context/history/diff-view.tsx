import type { Json } from '../../tools/json.ts'
import { type LeafChange, leafDiff, lineDiff } from '../node/diff.ts'
import { jsonText } from '../node/json-text.ts'

type DiffViewProps = Readonly<{ before: Json; after: Json }>

/** Shows in which leaves two versions differ; texts of several lines line by line. */
export const DiffView = ({ before, after }: DiffViewProps) => {
  const changes = leafDiff(before, after)
  if (changes.length === 0) {
    return <p className="p-3 text-list text-text-2">Both versions say the same.</p>
  }
  return (
    <ul aria-label="Differences" className="divide-y divide-line">
      {changes.map((change) => (
        <li key={change.path} className="px-3 py-2">
          <p className="mb-1 font-mono text-meta text-text-2 [overflow-wrap:anywhere]">
            {change.path}
          </p>
          <div className="overflow-hidden rounded-control font-mono text-meta">
            {linesOf(change).map(({ kind, text }, at) => (
              // Lines of one comparison have no names of their own and never change places.
              <p
                key={at}
                className={`grid grid-cols-[1rem_1fr] px-2 py-px ${HUES[kind]}`}
                data-kind={kind}
              >
                <span aria-hidden="true">{SIGNS[kind]}</span>
                <span dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
                  {kind !== 'same' && <span className="sr-only">{WORDS[kind]} </span>}
                  {text}
                </span>
              </p>
            ))}
          </div>
        </li>
      ))}
    </ul>
  )
}

const SIGNS = { same: ' ', gone: '−', new: '+' } as const
const WORDS = { gone: 'Gone:', new: 'New:' } as const
const HUES = {
  same: 'text-text-2',
  gone: 'bg-bad-soft text-bad',
  new: 'bg-ok-soft text-ok',
} as const

const linesOf = ({ before, after }: LeafChange) => {
  if (before === undefined) return lineDiff('', textOf(after)).filter(({ kind }) => kind !== 'gone')
  if (after === undefined) return lineDiff(textOf(before), '').filter(({ kind }) => kind !== 'new')
  return lineDiff(textOf(before), textOf(after))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : jsonText(value))
