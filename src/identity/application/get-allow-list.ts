import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { AllowListView } from '../contract.ts'
import { type AllowLists, LIST_KINDS } from '../domain/allow-list.ts'
import type { IdentityNeeds } from './ports.ts'

/** Shows from where the organisation may be used. */
export const getAllowList = operation<IdentityNeeds>()({
  name: 'identity.get_allow_list',
  about: 'Show the networks from which browsers, keys and administration are let in.',
  input: z.strictObject({}),
  output: AllowListView,
  access: 'org:read',
  orgWide: true,
  effect: 'read',
  http: 'GET /access/addresses',
  mcp: null,
  cached: true,
  say: (list) =>
    LIST_KINDS.map((kind) => `${kind}: ${list[kind].join(' ') || 'anywhere'}`).join('\n'),
  run: async (_, { allowList }) => {
    const list = await allowList.read()
    return { ...netsIn(list), version: list.version }
  },
})

/** Copies the networks of lists into the shape they leave in. */
export const netsIn = ({ web, keys, admin }: AllowLists) => ({
  web: [...web],
  keys: [...keys],
  admin: [...admin],
})
