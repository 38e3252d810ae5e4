import { TriangleAlert } from 'lucide-react'
import { anything } from '../live/api.ts'
import { mayHere } from '../live/own/rights.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { ActButton } from '../ui/act-button.tsx'
import { LongText, PlainText } from './plain-text.tsx'
import type { Details } from './views.ts'

type DecideDefinitionProps = Readonly<{ tool: Details; changed(): void }>

/** Shows what a server says of a tool that nobody has approved, and what can be said to it. */
export const DecideDefinition = ({ tool, changed }: DecideDefinitionProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const { name, state, hash, diff, warnings } = tool
  const path = `/tools/${encodeURIComponent(name)}`
  const approve = async (): Promise<void> => {
    await hall.api.write(`${path}/approve`, { hash }, anything)
    changed()
  }
  const reject = async (): Promise<void> => {
    await hall.api.write(`${path}/reject`, {}, anything)
    changed()
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {warnings.length > 0 && <Warnings warnings={warnings} />}
      {state === 'changed' && diff.length > 0 ? (
        <DiffLines lines={diff} />
      ) : (
        <LongText text={tool.signature} label={`What ${name} is`} />
      )}
      <p className="text-meta text-text-3">
        Hash <span className="font-mono break-all">{hash}</span>
      </p>
      {mayHere(me, 'tool:approve') && (
        <div className="flex flex-wrap gap-2">
          <ActButton look="filled" act={approve} done={`${name} is approved as it is now.`}>
            Approve as it is now
          </ActButton>
          {state !== 'rejected' && (
            <ActButton act={reject} done={`${name} is rejected.`}>
              Reject
            </ActButton>
          )}
        </div>
      )}
    </div>
  )
}

/** Shows what looks suspicious in a definition. */
export const Warnings = ({ warnings }: Readonly<{ warnings: readonly string[] }>) => (
  <div role="note" className="flex gap-2 rounded-card bg-wait-soft p-3 text-list text-wait">
    <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
    <div className="min-w-0">
      <p className="font-medium">Read this one with care</p>
      <ul className="mt-1 grid gap-1">
        {warnings.map((warning, at) => (
          <li key={at}>
            <PlainText text={said(warning)} />
          </li>
        ))}
      </ul>
    </div>
  </div>
)

// A warning begins with the name of its kind: `hidden_characters in description: 2 zero_width`.
const said = (warning: string): string => {
  const words = warning
    .replace(/^[a-z_]+/, (kind) => kind.replaceAll('_', ' '))
    .replaceAll('zero_width', 'zero width')
    .replace(/ \(same_name\)$/, ', by name')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

const LOOKS: Readonly<Record<string, readonly [string, string]>> = {
  '+': ['bg-ok-soft text-ok', 'Added'],
  '-': ['bg-bad-soft text-bad', 'Removed'],
  '~': ['bg-wait-soft text-wait', 'Changed'],
}

const DiffLines = ({ lines }: Readonly<{ lines: readonly string[] }>) => (
  <ul
    aria-label="What is different from what was approved"
    className="overflow-hidden rounded-card border border-line font-mono text-meta"
  >
    {lines.map((line, at) => {
      const [hue, what] = LOOKS[line.charAt(0)] ?? ['bg-sunken', '']
      return (
        <li key={at} className={`flex gap-2 px-2.5 py-1 ${hue}`}>
          <span aria-hidden="true">{what === '' ? ' ' : line.charAt(0)}</span>
          <span className="sr-only">{what}</span>
          <span className="min-w-0 flex-1 text-text">
            <PlainText text={what === '' ? line : line.slice(1).trim()} />
          </span>
        </li>
      )
    })}
  </ul>
)
