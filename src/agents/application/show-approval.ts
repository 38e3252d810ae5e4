import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { span } from '../../kernel/text.ts'
import { ApprovalDetails, ApprovalKey } from '../contract.ts'
import { readerOf, sees, viewsOf } from './approval-views.ts'
import { numberOf } from './ask-approval.ts'
import type { AgentsNeeds } from './ports.ts'

/** Shows one approval with everything that it is bound to. */
export const showApproval = operation<AgentsNeeds>()({
  name: 'agents.show_approval',
  about:
    'Show an approval: who asks in whose name, the exact arguments, and what has become of it.',
  input: z.strictObject({ key: ApprovalKey }),
  output: ApprovalDetails,
  access: null, // whoever asked for it reads it, too
  effect: 'read',
  http: 'GET /approvals/:key',
  mcp: null,
  say(view, { now }) {
    const { key, state, kind, risk, requester, onBehalfOf, tool, needs, reason } = view
    const left = Date.parse(view.expiresAt) - now
    const lines = [
      `${key} ${state}${state === 'open' ? `, ${span(left)} left` : ''}: ${view.text}`,
      `kind: ${kind}, risk ${risk}${needs > 1 ? ', two persons' : ''}`,
      `asked by: @${requester ?? 'somebody'}${onBehalfOf ? ` for @${onBehalfOf}` : ''}`,
      ...(tool === null ? [] : [`tool: ${tool}`]),
      ...(view.decidedBy.length > 0 ? [`decided by: @${view.decidedBy.join(', @')}`] : []),
      ...(reason === null ? [] : [`reason: ${reason}`]),
      `arguments: ${view.args}`,
    ]
    return lines.join('\n')
  },
  async run({ key }, words) {
    const found = await words.approvals.find({ number: numberOf(key) })
    const reader = await readerOf(words)
    if (found === null || !sees(reader, found)) throw notFound(key)
    const [view] = await viewsOf({ ...words, reader }, [found])
    if (view === undefined) throw notFound(key)
    return view
  },
})
