import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorNumber, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { shorten } from '../../kernel/text.ts'
import { At, DelegationStateName, DelegationView } from '../contract.ts'
import { conflictOf, expireDelegation } from '../domain/delegation.ts'
import { findSpot } from './find-spot.ts'
import type { ContextNeeds, StoredDelegation, StoredNode } from './ports.ts'
import { keyOf } from './share-context.ts'

const Input = z.strictObject({
  state: DelegationStateName.optional(),
  to: At.optional().describe('Only those to this place'),
  limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(2_000).optional(),
})

/** Lists proposals, the newest first, each with what stands in its way. */
export const listDelegations = operation<ContextNeeds>()({
  name: 'context.list_delegations',
  about: 'List proposals to change a context, the newest first.',
  input: Input,
  output: z.object({
    items: z.array(DelegationView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'context:read',
  effect: 'read',
  http: 'GET /delegations',
  mcp: null,
  scope: ({ to }) => (to === undefined || to === 'global' ? [] : [to]),
  say: ({ items, total, next }) => {
    const lines = items.map(({ id, path, to, state, count, data }) => {
      const voices = count > 1 ? ` x${count}` : ''
      return `${id} ${state} ${to} ${path}${voices} ${shorten(JSON.stringify(data), 80)}`
    })
    const more = next === null ? [] : [`${items.length} of ${total}, more: ${next}`]
    return lines.length === 0 ? 'No proposals.' : [...lines, ...more].join('\n')
  },
  async run({ state, to, limit, cursor }, words) {
    const { delegations, nodes, people, visible, call } = words
    const spot = to === undefined ? null : await findSpot(words, to)
    const page = await delegations.list({
      ...{ state: state ?? null, to: spot?.steps ?? null, visible, now: call.now },
      before: cursor === undefined ? null : cursorNumber(cursor),
      limit: limit + 1,
    })
    const rows = page.rows.slice(0, limit)
    const steps = rows.flatMap((row) => row.toSteps.slice(-1))
    const targets = [...new Map(steps.map((step) => [step.id, step])).values()]
    const writers = rows.flatMap((row) => [row.openedBy, row.decidedBy ?? row.openedBy])
    const [found, names] = await Promise.all([
      nodes.read(targets),
      people.handles([...new Set(writers)]),
    ])
    const targetOf = new Map(found.map((node) => [node.atId, node]))
    const handle = (id: string | null) => (id === null ? null : (names.get(id)?.handle ?? null))
    const items = rows.map((row) => ({
      ...viewOf(expireDelegated(row, call.now), targetOf.get(row.toSteps.at(-1)?.id ?? '')),
      openedBy: handle(row.openedBy),
      decidedBy: handle(row.decidedBy),
    }))
    const last = rows.at(-1)
    const next = last && page.rows.length > limit ? cursorOf([last.number]) : null
    return { items, total: page.total, next }
  },
})

// The schedule may be a little behind; a reader must not be told that there is still time.
const expireDelegated = (row: StoredDelegation, now: number): StoredDelegation => ({
  ...row,
  ...expireDelegation(row, now),
})

const iso = (ms: number) => new Date(ms).toISOString()

const viewOf = (row: StoredDelegation, target: StoredNode | undefined) => ({
  ...{ id: keyOf(row), state: row.state, from: row.from, to: row.to, path: row.path },
  ...{ data: row.data, reason: row.reason, count: row.count, note: row.note },
  openedAt: iso(row.openedAt),
  expiresAt: iso(row.expiresAt),
  decidedAt: row.decidedAt === null ? null : iso(row.decidedAt),
  conflict: row.state === 'pending' && target ? conflictOf(row, target) : null,
  version: row.version,
})
