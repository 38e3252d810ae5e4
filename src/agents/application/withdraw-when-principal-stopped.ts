import type { Words } from '../../kernel/operation.ts'
import { PrincipalChanged } from '../../identity/contract.ts'
import { APPROVALS_OPEN_MAX } from '../domain/approval.ts'
import type { AgentsNeeds } from './ports.ts'
import { withdrawFound } from './withdraw-approval.ts'

type Sealed = Readonly<{ data: Readonly<Record<string, unknown>> }>

const statusIn = (data: Sealed['data']) => PrincipalChanged.shape.safeParse(data).data

/** Withdraws what is asked by, or in the name of, somebody who is suspended or removed. */
export const withdrawWhenPrincipalStopped = {
  name: 'agents.withdraw_approvals',
  events: [PrincipalChanged],
  wants: ({ data }: Sealed) => {
    const changed = statusIn(data)
    return changed !== undefined && changed.status.to !== 'active'
  },
  async run({ data }: Sealed, words: AgentsNeeds & Words): Promise<void> {
    const changed = statusIn(data)
    if (changed === undefined || changed.status.to === 'active') return
    const { approvals, call } = words
    const { principalId } = changed
    const of = { principalId, now: call.now, limit: APPROVALS_OPEN_MAX }
    for (;;) {
      const open = await approvals.lockOpenOf(of)
      for (const one of open) await withdrawFound(words, one, () => 'Somebody')
      if (open.length < APPROVALS_OPEN_MAX) return
    }
  },
}
