import { verifyLedger as verify } from '../platform/ledger/ledger.ts'
import type { Ground, Room } from '../platform/room.ts'
import type { WorkApi } from '../work/contract.ts'
import { activatePrincipal, suspendPrincipal } from './application/change-status.ts'
import { createAgent } from './application/create-agent.ts'
import { createKey } from './application/create-key.ts'
import { createPerson } from './application/create-person.ts'
import { getAgent } from './application/get-agent.ts'
import { giveRole } from './application/give-role.ts'
import { listAgents } from './application/list-agents.ts'
import { listKeys } from './application/list-keys.ts'
import { listPrincipals } from './application/list-principals.ts'
import type { IdentityNeeds } from './application/ports.ts'
import { revokeKey } from './application/revoke-key.ts'
import { takeRole } from './application/take-role.ts'
import { verifyLedger } from './application/verify-ledger.ts'
import { whoAmI } from './application/who-am-i.ts'
import {
  GrantGiven,
  GrantTaken,
  KeyIssued,
  KeyRevoked,
  OrgCreated,
  PrincipalAdded,
  PrincipalChanged,
} from './contract.ts'
import { grantStore } from './infrastructure/grant-store.ts'
import { keyStore } from './infrastructure/key-store.ts'
import { principalStore } from './infrastructure/principal-store.ts'
import { projectsFrom } from './infrastructure/work-adapter.ts'

export { accessSource } from './infrastructure/access-source.ts'
export { firstRun, reissueOwnerKey } from './infrastructure/first-run.ts'
export { identityApi } from './infrastructure/identity-api.ts'

/** What this room takes from others: the keys and ids of projects. */
export type IdentityOthers = Readonly<{ work: (ground: Ground) => WorkApi }>

/** Wires the room of who acts and what they may do. */
export const identityRoom = ({ work }: IdentityOthers): Room<IdentityNeeds> => ({
  name: 'identity',
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs: (ground) => ({
    principals: principalStore(ground),
    keys: keyStore(ground),
    grants: grantStore(ground),
    projects: projectsFrom(work(ground)),
    ledger: { verify: () => verify(ground.sql, ground.orgId) },
  }),
  operations: [
    whoAmI,
    createAgent,
    listAgents,
    getAgent,
    createPerson,
    listPrincipals,
    suspendPrincipal,
    activatePrincipal,
    giveRole,
    takeRole,
    createKey,
    listKeys,
    revokeKey,
    verifyLedger,
  ],
  events: {
    'org:read': [OrgCreated],
    'member:read': [PrincipalAdded, PrincipalChanged],
    'key:read': [KeyIssued, KeyRevoked],
    'grant:read': [GrantGiven, GrantTaken],
  },
})
