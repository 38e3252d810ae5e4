import { EmptyState } from '../../ui/state/empty-state.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import type { Read } from '../../live/use-read.ts'
import type { Proposal } from '../../live/inbox.ts'
import type { Tier } from '../views.ts'
import { ProposalItem } from './proposal-item.tsx'

/** Proposals that wait, as the hub gives them. */
export type Proposals = Read<
  Readonly<{ items: readonly Proposal[]; total: number; next: string | null }>
>

type ProposalsTabProps = Readonly<{
  read: Proposals
  tiers: readonly Tier[]
  /** Tells which proposals are about the place that is looked at. */
  isHere(proposal: Proposal): boolean
}>

/** Shows the proposals to the tiers of a place, to be decided by who may. */
export const ProposalsTab = ({ read, tiers, isHere }: ProposalsTabProps) => {
  const { data, trouble, again } = read
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  if (data === null) {
    return (
      <Waiting what="proposals" again={again}>
        <Skeleton lines={4} className="max-w-3xl p-4" />
      </Waiting>
    )
  }
  const items = data.items.filter(isHere)
  const elsewhere = data.total - items.length
  const decidesAt = (at: string): boolean =>
    tiers.find((tier) => tier.at === at)?.decides ??
    // A branch that is not shown here belongs to the same project.
    tiers.find(({ tier }) => tier === 'project')?.decides === true
  return (
    <div className="grid max-w-3xl gap-3 p-4">
      {items.length === 0 ? (
        <EmptyState
          title="Nothing is proposed here"
          about="Agents propose what they learn; you push a value up with “Push up” at its key."
        />
      ) : (
        <ul
          aria-label="Proposals"
          className="divide-y divide-line rounded-card border border-line bg-surface"
        >
          {items.map((proposal) => (
            <li key={proposal.id}>
              <ProposalItem proposal={proposal} decides={decidesAt(proposal.to)} decided={again} />
            </li>
          ))}
        </ul>
      )}
      {elsewhere > 0 && (
        <p className="text-list text-text-3">
          {elsewhere === 1 ? 'One more waits' : `${elsewhere} more wait`} in other projects.
        </p>
      )}
    </div>
  )
}
