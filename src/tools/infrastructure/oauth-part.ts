import type { Happened } from '../../kernel/event.ts'
import type { Random } from '../../kernel/id.ts'
import type { Database } from '../../platform/database.ts'
import type { Egress } from '../../platform/egress/egress.ts'
import type { Keyring } from '../../platform/keyring/keyring.ts'
import type { Schedule } from '../../platform/room.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import { endAccounts, forgetAttempts } from '../application/end-oauth-accounts.ts'
import { finishAccount } from '../application/finish-oauth-account.ts'
import {
  listOauthClients,
  removeOauthClient,
  setOauthClient,
} from '../application/oauth-client-operations.ts'
import { startAccount } from '../application/start-oauth-account.ts'
import type { Vault } from '../contract.ts'
import { REMEMBER_MS } from './keyring-adapter.ts'
import type { AccountGround } from './oauth-accounts.ts'
import { orgsWithOldAttempts } from './oauth-attempt-store.ts'
import { orgsWithOrphanGrants } from './oauth-grant-store.ts'
import { issuersOver } from './oauth-issuer.ts'
import { hubCalls } from './oauth-writes.ts'

/** How often the hub looks for tokens of connections that are gone. */
const END_EVERY_MS = 10_000
/** How often it forgets who never came back. */
const FORGET_EVERY_MS = 600_000
/** Milliseconds and bytes of one answer of an issuer, or of a server about its tokens. */
const ANSWERS = { timeoutMs: 10_000, bytesMax: 262_144 } as const

/** What can be done with accounts at issuers of tokens. */
export const OAUTH_OPERATIONS = [
  startAccount,
  finishAccount,
  setOauthClient,
  listOauthClients,
  removeOauthClient,
  endAccounts,
  forgetAttempts,
] as const

/** What is done about them by the clock. */
export const OAUTH_SCHEDULES: readonly Schedule[] = [
  {
    ...{ name: 'tools.end_accounts', everyMs: END_EVERY_MS, operation: endAccounts },
    due: orgsWithOrphanGrants,
  },
  {
    ...{ name: 'tools.forget_account_attempts', everyMs: FORGET_EVERY_MS },
    ...{ operation: forgetAttempts, due: orgsWithOldAttempts },
  },
]

/** What accounts take from the hub of a process. */
export type OauthHub = Readonly<{
  database: Database
  keyring: () => Keyring
  scrubber: Pick<Scrubber, 'remember'>
  egress: Pick<Egress, 'fetch'>
  now: () => number
  random: Random
  address: () => string
}>

type Joined = Readonly<{
  vault: Vault
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

/** Makes what accounts at issuers stand on. */
export const oauthGround = (hub: OauthHub, { vault, committed }: Joined): AccountGround => {
  const { database, keyring, scrubber, egress, now, address } = hub
  const fetch = egress.fetch(ANSWERS)
  return {
    ...{ database, keyring, now, committed, vault, fetch, address },
    issuers: issuersOver(fetch),
    hubCall: hubCalls(hub),
    pageOf: (slug) => `${address()}/tools/${slug}`,
    async prepare(orgId, value) {
      scrubber.remember(value, REMEMBER_MS)
      await keyring().warm(orgId)
      return { value, fingerprint: await keyring().fingerprint(orgId, Buffer.from(value)) }
    },
  }
}
