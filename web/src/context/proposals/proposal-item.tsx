import { useState } from 'react'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { shape } from '../../live/api.ts'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import { useDeed } from '../../ui/form/deed.ts'
import type { Proposal } from '../../live/inbox.ts'
import type { Wish } from '../node/edit.ts'
import { Whole } from '../key/whole.tsx'
import { WishForm } from '../key/wish-form.tsx'

type Decided = Readonly<{ id: string; state: string; to: string; targetVersion: number }>
type Decision = Readonly<{ decision: 'accept' | 'edit' | 'reject'; data?: unknown }>

const isDecided = shape<Decided>('id', 'state', 'to', 'targetVersion')

type ProposalItemProps = Readonly<{
  proposal: Proposal
  /** Whether the reader decides on it. */
  decides: boolean
  /** Hears that it was decided, or that somebody was faster. */
  decided(): void
}>

/** Shows a proposal with what stands in its way, and the ways to decide. */
export const ProposalItem = ({ proposal, decides, decided }: ProposalItemProps) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const [isEditing, setEditing] = useState(false)
  const { id, from, to, path, data, reason, count, openedBy, openedAt, conflict } = proposal
  const decide = async (decision: Decision): Promise<void> => {
    const seen = conflict === null ? {} : { version: conflict.version }
    try {
      const body = { ...decision, ...seen }
      const answer = await api.write(`/delegations/${id}/decide`, body, isDecided)
      notices.show('ok', `${answer.id} is ${answer.state}.`)
    } catch (thrown) {
      notices.show('bad', whyOf(thrown))
    }
    setEditing(false)
    decided()
  }
  const edit = (wish: Wish): Promise<void> =>
    decide({ decision: 'edit', data: wish.kind === 'is' ? wish.value : null })
  return (
    <article aria-label={`Proposal ${id}`} className="grid gap-2 p-3">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1 text-list">
        <span className="text-text-3">{id}</span>
        <span className="font-mono text-meta font-semibold [overflow-wrap:anywhere]">{path}</span>
        <span className="text-text-2">
          {from} to {to}
        </span>
        {count > 1 && <Badge>{`${count} times`}</Badge>}
        {conflict !== null && <Badge hue="wait">Conflict</Badge>}
        <span className="ml-auto inline-flex items-center gap-2 text-meta text-text-3">
          {openedBy !== null && <Person handle={openedBy} />}
          <Moment at={openedAt} />
        </span>
      </header>
      {reason !== '' && (
        <p dir="auto" className="text-list [overflow-wrap:anywhere]">
          {reason}
        </p>
      )}
      {conflict === null ? <Whole value={data} /> : <Sides proposal={proposal} />}
      {decides && isEditing && (
        <WishForm
          wish={data === null ? { kind: 'removes' } : { kind: 'is', value: data }}
          isLocked={false}
          mayLock={false}
          without={['nothing', 'change', ...(/[+-]$/.test(path) ? (['removes'] as const) : [])]}
          button="Accept it like this"
          calm
          save={edit}
          cancel={() => setEditing(false)}
        />
      )}
      {decides && !isEditing && (
        <div className="flex flex-wrap gap-2">
          <Button
            data-by="a"
            disabled={deed.isBusy}
            onClick={() => deed.run(() => decide({ decision: 'accept' }))}
          >
            {conflict === null ? 'Accept' : 'Accept it all the same'}
          </Button>
          <Button data-by="r" disabled={deed.isBusy} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <Button
            look="quiet"
            data-by="d"
            disabled={deed.isBusy}
            onClick={() => deed.run(() => decide({ decision: 'reject' }))}
          >
            Reject
          </Button>
        </div>
      )}
    </article>
  )
}

const Sides = ({ proposal }: Readonly<{ proposal: Proposal }>) => {
  const { conflict, to, data } = proposal
  const sides = [
    ['When it was proposed', conflict?.before],
    [`${to} says now`, conflict?.now],
    ['Proposed', data],
  ] as const
  return (
    <div className="grid gap-2 sm:grid-cols-3">
      {sides.map(([title, value]) => (
        <section key={title} aria-label={title} className="min-w-0">
          <h4 className="mb-1 text-meta font-medium text-text-2">{title}</h4>
          {value === null || value === undefined ? (
            <p className="text-list text-text-3">Nothing</p>
          ) : (
            <Whole value={value} />
          )}
        </section>
      ))}
    </div>
  )
}
