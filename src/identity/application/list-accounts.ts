import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { AccountUnlinked, Moment } from '../contract.ts'
import { PROVIDER_KINDS } from '../domain/provider.ts'
import { sessionInUse } from './current-session.ts'
import type { ExternalNeeds } from './external-ports.ts'
import { momentOf } from './names.ts'
import { OrganisationSlug, openToSlug } from './sign-in.ts'

/** Says how one can sign in to an organisation: what the page of it needs to know. */
export const listSignInWays = operation<ExternalNeeds>()({
  name: 'identity.list_sign_in_ways',
  about: 'Tell how people sign in here: passwords, passkeys, and which issuers.',
  input: z.strictObject({ organisation: OrganisationSlug }),
  output: z.object({
    password: z.boolean(),
    passkeys: z.boolean(),
    providers: z.array(
      z.object({ key: z.string(), name: z.string(), kind: z.enum(PROVIDER_KINDS) }),
    ),
    /** Whether forgotten passwords are mailed about. */
    mail: z.boolean(),
    /**
     * Whether an owner can sign in; before that, the link of the first start is the way in. Said of
     * the hub's only organisation: of a named one it would tell strangers whether it exists.
     */
    setUp: z.boolean(),
  }),
  access: null,
  open: openToSlug,
  effect: 'read',
  http: 'GET /sign-in',
  mcp: null,
  say: ({ providers }) => ['password', 'passkey', ...providers.map(({ name }) => name)].join(', '),
  async run({ organisation }, { providers, accounts, site }) {
    const [found, setUp] = await Promise.all([
      providers.list(),
      organisation !== undefined || accounts.hasOwnerWhoSignsIn(),
    ])
    return {
      password: true,
      passkeys: true,
      providers: found.map(({ key, name, kind }) => ({ key, name, kind })),
      mail: site.mailer !== null,
      setUp,
    }
  },
})

/** Lists the accounts elsewhere that sign one in. */
export const listAccounts = operation<ExternalNeeds>()({
  name: 'identity.list_accounts',
  about: 'List the accounts elsewhere that sign you in here.',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(
      z.object({
        id: z.uuid(),
        issuer: z.string(),
        linkedAt: Moment,
        lastUsedAt: Moment.nullable(),
      }),
    ),
  }),
  access: null,
  effect: 'read',
  http: 'GET /me/accounts',
  mcp: null,
  say: ({ items }) =>
    items.map(({ issuer, linkedAt }) => `${issuer} since ${linkedAt}`).join('\n') ||
    'No account elsewhere signs you in.',
  async run(_, { providers, call }) {
    const found = await providers.accountsOf(call.actor.id)
    return {
      items: found.map(({ id, issuer, linkedAt, lastUsedAt }) => ({
        ...{ id, issuer },
        linkedAt: momentOf(linkedAt),
        lastUsedAt: lastUsedAt === null ? null : momentOf(lastUsedAt),
      })),
    }
  },
})

/** Ends that an account elsewhere signs one in; the last way in stays. */
export const unlinkAccount = operation<ExternalNeeds>()({
  name: 'identity.unlink_account',
  about: 'Stop an account elsewhere from signing you in. The last way in cannot go.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid() }),
  access: null,
  fresh: true,
  effect: 'write',
  http: 'DELETE /me/accounts/:id',
  mcp: null,
  say: () => 'That account signs you in no more.',
  async run({ id }, needs) {
    const { providers, accounts, passkeys, call, emit } = needs
    sessionInUse(needs)
    const principalId = call.actor.id
    // Locked first: two of them going at once must not both see the other stay.
    const account = await accounts.lock(principalId)
    const [linked, keys] = await Promise.all([
      providers.accountsOf(principalId),
      passkeys.listOf(principalId),
    ])
    const going = linked.find((one) => one.id === id)
    if (!account || !going) throw notFound('This account')
    if (account.phc === null && keys.length === 0 && linked.length === 1) throw lastWayIn()
    await providers.unlink(id)
    emit(AccountUnlinked({ principalId, accountId: id, issuer: going.issuer }))
    return { id }
  },
})

const lastWayIn = () => {
  const message = 'This is your only way to sign in; set a password or a passkey first.'
  return refuse('conflict', 'identity.last_way_in', message)
}
