import { X } from 'lucide-react'
import { IconButton } from '../../ui/button.tsx'
import { Section } from '../section.tsx'
import type { Tier } from '../views.ts'
import type { Row } from '../node/rows.ts'
import { TierPart } from './tier-part.tsx'
import type { Writes } from '../editor/use-writes.ts'
import { LockMark } from './value-text.tsx'
import { Whole } from './whole.tsx'

type KeyPanelProps = Readonly<{
  path: string
  row: Row | undefined
  tiers: readonly Tier[]
  writes: Writes
  writeJson(at: string): void
  close(): void
}>

/** Shows one key: what holds, and what each tier says about it, to be changed. */
export const KeyPanel = ({ path, row, tiers, writes, writeJson, close }: KeyPanelProps) => (
  <aside
    aria-label={`Key ${path}`}
    className="flex min-h-0 w-[26rem] shrink-0 flex-col border-l border-line bg-surface
      max-lg:w-full max-lg:border-l-0"
  >
    <header className="flex min-h-12 shrink-0 items-center gap-2 border-b border-line px-4 py-2">
      <h2 className="min-w-0 flex-1 font-mono text-list font-semibold [overflow-wrap:anywhere]">
        {path}
      </h2>
      <IconButton label="Close (Esc)" onClick={close} className="-mr-1.5">
        <X className="size-4" />
      </IconButton>
    </header>
    <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
      <Section title="What holds">
        <Holds row={row} />
      </Section>
      {tiers.map((tier, index) => (
        <TierPart
          key={`${tier.at} ${path}`}
          path={path}
          tier={tier}
          cell={row?.cells[index]}
          outer={tiers.slice(0, index)}
          writes={writes}
          writeJson={() => writeJson(tier.at)}
        />
      ))}
    </div>
  </aside>
)

const Holds = ({ row }: Readonly<{ row: Row | undefined }>) => {
  if (row === undefined || (row.from === null && row.removed === null)) {
    return (
      <p className="text-list text-text-2">
        {row?.lockedBy === null || row === undefined
          ? 'No tier says anything about it.'
          : `Inner tiers cannot change what lies here: ${row.lockedBy} locks it.`}
      </p>
    )
  }
  const { value, from, removed, lockedBy } = row
  return (
    <div className="grid gap-1.5">
      {value === undefined ? (
        <p className="text-list text-text-3 italic">Removed</p>
      ) : (
        <Whole value={value} />
      )}
      <p className="text-meta text-text-3">{[originOf(from), originOf(removed)].join('')}</p>
      {from !== null && from.overrides.length > 0 && (
        <p className="text-meta text-text-3">
          Outer tiers speak of it, too: {from.overrides.map((one) => one.from).join(', ')}
        </p>
      )}
      {lockedBy !== null && <LockMark text={`Locked by ${lockedBy}`} />}
    </div>
  )
}

const originOf = (origin: Row['from']): string => {
  if (origin === null) return ''
  const by = origin.by === null ? '' : ` by @${origin.by}`
  return `From ${origin.from}, version ${origin.version}${by}`
}
