import { Button } from '../../../ui/button.tsx'
import { diffLines } from './line-diff.ts'

type ConflictProps = Readonly<{
  /** What both wanted to change: `description`. */
  what: string
  /** Who was faster; `null` where that is not known. */
  by: string | null
  /** The text that the draft began with, and what it is now. */
  before: string
  theirs: string
  keepMine(): void
  takeTheirs(): void
}>

/** Shows what somebody else made of a text meanwhile; the draft beside it stays as it is. */
export const Conflict = (props: ConflictProps) => {
  const { what, by, before, theirs, keepMine, takeTheirs } = props
  return (
    <div role="alert" className="mt-2 rounded-card border border-line bg-wait-soft p-3 text-list">
      <p>
        <strong className="font-medium">{by === null ? 'Somebody' : `@${by}`}</strong>
        {` changed the ${what} while you were writing. `}
        Your text is kept here; nothing was overwritten.
      </p>
      <ul
        aria-label={`What changed in the ${what}`}
        className="mt-2 max-h-48 overflow-y-auto rounded-control border border-line bg-surface
          py-1"
      >
        {diffLines(before, theirs).map(({ kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name
          <li key={index} className={`flex gap-2 px-2 ${LOOKS[kind]}`}>
            <span aria-hidden="true" className="w-2 shrink-0 text-text-3">
              {SIGNS[kind]}
            </span>
            <span className="sr-only">{WORDS[kind]}</span>
            <span className="min-w-0 break-words whitespace-pre-wrap" dir="auto">
              {text}
            </span>
          </li>
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button onClick={keepMine}>Save mine over it</Button>
        <Button onClick={takeTheirs}>Take theirs</Button>
      </div>
    </div>
  )
}

const SIGNS = { same: '', added: '+', removed: '-' } as const
const WORDS = { same: '', added: 'added:', removed: 'taken out:' } as const
const LOOKS = { same: 'text-text-2', added: 'bg-ok-soft', removed: 'bg-bad-soft' } as const
