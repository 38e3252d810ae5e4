import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle, HandleIn, PrincipalChanged, Status } from '../contract.ts'
import { decideStatus } from '../domain/principal.ts'
import { placesOf } from '../domain/rights.ts'
import { holderOf, refuseLastOwner, refuseMoreThanHeld } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'

/** Declares the act that moves a principal to another status; both acts differ in words only. */
const changeStatus = (move: 'suspend' | 'activate', about: string) =>
  operation<IdentityNeeds>()({
    name: `identity.${move}_principal`,
    about,
    input: z.strictObject({ handle: HandleIn }),
    output: z.object({ handle: Handle, status: Status, version: z.int() }),
    access: 'member:write',
    orgWide: true,
    effect: 'write',
    fresh: move === 'activate',
    http: `POST /principals/:handle/${move}`,
    mcp: null,
    say: ({ handle, status }) => `@${handle} is ${status}.`,
    async run({ handle }, { principals, grants, call, emit }) {
      const before = await principals.get(handle)
      const [own, theirs] = await Promise.all([
        holderOf(grants, call),
        grants.rights(before.id, { now: call.now }),
      ])
      refuseMoreThanHeld(own, placesOf(theirs))
      const after = decideStatus(before, move)
      const { id: principalId, status, epoch, version } = after
      if (after !== before) {
        if (move === 'suspend') refuseLastOwner(await grants.lockOwners(), principalId)
        await principals.save(after)
        const change = { from: before.status, to: status }
        emit(PrincipalChanged({ principalId, status: change, epoch, version }))
      }
      return { handle, status, version }
    },
  })

/** Shuts a principal out: its keys and sessions let nobody in until it is active again. */
export const suspendPrincipal = changeStatus(
  'suspend',
  'Shut somebody out at once. Their agents stop too.',
)

/** Lets a suspended principal in again. */
export const activatePrincipal = changeStatus('activate', 'Let somebody in again.')
