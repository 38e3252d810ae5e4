import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, INTEGER_MAX, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { refuse } from '../../kernel/refusal.ts'
import { shorten, span } from '../../kernel/text.ts'
import { ApprovalStateName, ApprovalView } from '../contract.ts'
import { readerOf, viewsOf } from './approval-views.ts'
import type { AgentsNeeds, ApprovalQuery } from './ports.ts'

/** Characters of arguments that lists carry; longer ones are read one by one. */
const ARGS_LISTED_MAX = 4_000

const Input = z.strictObject({
  state: ApprovalStateName.optional(),
  own: z.boolean().default(false).describe('Only what you asked for'),
  limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(2_000).optional(),
})

/** Lists the inbox: what the caller may decide, and what they asked for. */
export const listApprovals = operation<AgentsNeeds>()({
  name: 'agents.list_approvals',
  about: 'List approvals that you may decide, and those that you asked for: the open ones first.',
  input: Input,
  output: z.object({
    items: z.array(ApprovalView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: null, // whoever asked reads what became of it; the query narrows itself
  effect: 'read',
  http: 'GET /approvals',
  mcp: null,
  say: ({ items, total, next }, { now }) => {
    const lines = items.map(({ key, state, kind, risk, requester, text, expiresAt }) => {
      const left = state === 'open' ? ` ${span(Date.parse(expiresAt) - now)} left` : ''
      const mark = risk === 'high' ? ' high risk' : ''
      return `${key} ${state}${left} ${kind}${mark} @${requester ?? '?'} ${shorten(text, 80)}`
    })
    const more = next === null ? [] : [`${items.length} of ${total}, more: ${next}`]
    return lines.length === 0 ? 'No approvals.' : [...lines, ...more].join('\n')
  },
  async run({ state, own, limit, cursor }, words) {
    const { approvals, call } = words
    const reader = await readerOf(words)
    const page = await approvals.list({
      ...{ reader, own, state: state ?? null, now: call.now },
      after: cursor === undefined ? null : placeIn(cursor),
      limit: limit + 1,
    })
    const rows = page.rows.slice(0, limit)
    const views = await viewsOf({ ...words, reader }, rows)
    const items = views.map((view) => ({
      ...view,
      args: view.args.length > ARGS_LISTED_MAX ? null : view.args,
    }))
    const [last, lastView] = [rows.at(-1), views.at(-1)]
    const open = lastView?.state === 'open' ? 1 : 0
    const next = last && page.rows.length > limit ? cursorOf([open, last.number]) : null
    return { items, total: page.total, next }
  },
})

const placeIn = (cursor: string): ApprovalQuery['after'] => {
  const [open, number] = cursorValues(cursor, 2)
  const isOurs = (open === 0 || open === 1) && Number.isInteger(number)
  if (isOurs && Number(number) > 0 && Number(number) <= INTEGER_MAX) {
    return { open, number: Number(number) }
  }
  const message = 'This cursor is not one of ours; leave it out to start from the beginning.'
  throw refuse('invalid', 'agents.cursor_not_valid', message)
}
