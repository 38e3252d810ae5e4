import { Lock } from 'lucide-react'
import { Badge } from '../../ui/badge.tsx'
import { plainText } from '../node/json-text.ts'
import type { Cell, Said } from '../node/rows.ts'

const EMPTY: Cell = { said: [], locks: false }
const CLAMP = 'line-clamp-2 [overflow-wrap:anywhere]'

/** Shows what a tier says about a key: what counts no more is struck through. */
export const CellView = ({ cell = EMPTY }: Readonly<{ cell: Cell | undefined }>) => (
  <span className="grid min-w-0 gap-0.5">
    {cell.said.map((said) => (
      <SaidView key={said.path} said={said} />
    ))}
    {cell.locks && <LockMark text="Locked here" />}
  </span>
)

/** Shows one thing that a tier says. */
export const SaidView = ({ said }: Readonly<{ said: Said }>) => {
  const { kind, value, stand, lockedBy } = said
  const text = value === null ? 'removed' : plainText(value)
  const sign = kind === 'adds' ? '+ ' : kind === 'takes' ? '− ' : ''
  if (stand === 'counts') {
    return (
      <span dir="auto" className={`${CLAMP} ${value === null ? 'text-text-3 italic' : ''}`}>
        {sign}
        {text}
      </span>
    )
  }
  return (
    <span className="grid min-w-0 justify-items-start gap-0.5">
      <del dir="auto" className={`${CLAMP} text-text-3`}>
        {sign}
        {text}
      </del>
      <span className="sr-only">{stand === 'ignored' ? 'does not count' : 'overridden'}</span>
      {stand === 'ignored' && (
        <Badge hue="wait">{lockedBy === null ? 'Not a list' : `Locked by ${lockedBy}`}</Badge>
      )}
    </span>
  )
}

/** Shows that a key cannot be changed further in. */
export const LockMark = ({ text }: Readonly<{ text: string }>) => (
  <span className="inline-flex items-center gap-1 text-meta text-text-2">
    <Lock aria-hidden="true" className="size-3 shrink-0" />
    {text}
  </span>
)
