import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { AllowListSet, AllowListView } from '../contract.ts'
import {
  type AllowLists,
  LIST_KINDS,
  type ListKind,
  locksOut,
  netOf,
} from '../domain/allow-list.ts'
import { netsIn } from './get-allow-list.ts'
import type { IdentityNeeds } from './ports.ts'

const NETS_MAX = 100

const Nets = z
  .array(
    z
      .string()
      .max(49)
      .refine((text) => netOf(text) !== null, 'A network is like 192.0.2.7 or 10.0.0.0/8'),
  )
  .max(NETS_MAX)
  .default([])

/** Sets from where the organisation may be used. */
export const setAllowList = operation<IdentityNeeds>()({
  name: 'identity.set_allow_list',
  about: 'Set the networks from which browsers, keys and administration are let in; none: any.',
  input: z.strictObject({
    web: Nets.describe('Networks of browsers'),
    keys: Nets.describe('Networks of keys and tokens'),
    admin: Nets.describe('Networks of acts that only people may do'),
    version: z.int().min(0).optional(),
  }),
  output: AllowListView,
  access: 'org:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'PUT /access/addresses',
  mcp: null,
  say: (list) => `Set: ${LIST_KINDS.map((kind) => `${kind} ${list[kind].length}`).join(', ')}.`,
  async run({ version, ...lists }, { allowList, call, emit }) {
    const { version: known, ...before } = await allowList.read()
    if (version !== undefined && version !== known) throw changed(known)
    const out = locksOut(lists, call.actor, call.address)
    if (out.length > 0) throw wouldLockOut(out, call.address)
    return keepLists({ allowList, call, emit }, { before, lists, known })
  },
})

/** Opens an organisation to every address again. */
export const openLists = async (needs: KeepNeeds): Promise<void> => {
  const { version: known, ...before } = await needs.allowList.read()
  if (known > 0) await keepLists(needs, { before, lists: { web: [], keys: [], admin: [] }, known })
}

type KeepNeeds = Pick<IdentityNeeds, 'allowList'> & Pick<Words, 'call' | 'emit'>
type Change = Readonly<{ before: AllowLists; lists: AllowLists; known: number }>

const keepLists = async (
  { allowList, call, emit }: KeepNeeds,
  { before, lists, known }: Change,
) => {
  const { web, keys, admin } = lists
  const next = { web: [...web], keys: [...keys], admin: [...admin], version: known + 1 }
  if (!(await allowList.save(next, call.now))) throw changed(known)
  const { orgId } = call.actor
  emit(
    AllowListSet(
      { orgId, sizes: { from: sizesOf(before), to: sizesOf(lists) }, version: next.version },
      { personal: { from: netsIn(before), to: netsIn(lists) } },
    ),
  )
  return next
}

const sizesOf = ({ web, keys, admin }: AllowLists) => ({
  web: web.length,
  keys: keys.length,
  admin: admin.length,
})

const changed = (version: number) => {
  const message = 'The allow-list has changed; read it again, then decide.'
  return refuse('conflict', 'identity.allow_list_changed', message, { version })
}

const wouldLockOut = (lists: readonly ListKind[], address: string | undefined) => {
  const what = lists.join(' and ')
  const message =
    address === undefined
      ? `Your own address is not known here, so ${what} must stay open; set it from elsewhere.`
      : `This would lock you out: add your address ${address} to ${what}.`
  return refuse('conflict', 'identity.would_lock_you_out', message, { lists })
}
