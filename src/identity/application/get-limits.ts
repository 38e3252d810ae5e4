import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle, HandleIn, Kind } from '../contract.ts'
import { holderOf, holdsWide, notAllowed } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'

const Rate = z.object({
  name: z.string(),
  /** So many calls in one `per`, and `burst` of them at once. */
  calls: z.number(),
  per: z.string(),
  burst: z.number(),
  left: z.number(),
  /** Seconds until all of it is there again. */
  wholeInS: z.int(),
})

/** Shows how many calls somebody may still make; those of others to whoever reads limits. */
export const getLimits = operation<IdentityNeeds>()({
  name: 'identity.get_limits',
  about: 'Show limits and what is left of them: yours, or with limit:read those of others.',
  input: z.strictObject({ principal: HandleIn.optional().describe('Who; you if left out') }),
  output: z.object({
    principal: Handle,
    kind: Kind,
    rates: z.array(Rate),
    streams: z.object({ open: z.int(), most: z.int() }),
    /** Tasks it may hold at a time; `null`: no limit of its own. */
    seats: z.int().nullable(),
    /** The limit of the organisation as a whole, for whoever may read limits. */
    organisation: Rate.nullable(),
  }),
  access: null,
  effect: 'read',
  http: 'GET /limits',
  mcp: null,
  say: ({ principal, rates, streams, seats, organisation }) =>
    [
      `@${principal}`,
      ...rates.map(rateLine),
      `streams: ${streams.open} of ${streams.most} open`,
      ...(seats === null ? [] : [`tasks at a time: ${seats}`]),
      ...(organisation === null ? [] : [rateLine({ ...organisation, name: 'organisation' })]),
    ].join('\n'),
  async run({ principal: handle }, { principals, grants, limits, call }) {
    const { actor } = call
    const mayAll = holdsWide(await holderOf(grants, call), 'limit:read')
    if (handle !== undefined && handle !== actor.handle && !mayAll) {
      throw notAllowed('limit:read', 'this organisation')
    }
    const { id, kind, handle: name, seatLimit } = await principals.get(handle ?? actor.handle)
    const { rates, org, streams } = limits.look({ orgId: actor.orgId, id, kind })
    return {
      ...{ principal: name, kind, seats: seatLimit, streams },
      rates: rates.map((rate) => ({ ...rate })),
      organisation: mayAll ? { ...org } : null,
    }
  },
})

const rateLine = ({ name, calls, per, burst, left }: z.output<typeof Rate>): string =>
  `${name}: ${left} of ${burst} left, ${calls} per ${per}`
