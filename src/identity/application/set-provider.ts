import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { ProviderChanged, ProviderRemoved } from '../contract.ts'
import { issuerOf, PROVIDER_KINDS } from '../domain/provider.ts'
import type { ExternalNeeds } from './external-ports.ts'

const Key = z.string().regex(/^[a-z][a-z0-9-]{0,38}$/, 'A key is like github')
const Domain = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'A domain is like example.org')

const ProviderView = z.object({
  key: Key,
  kind: z.enum(PROVIDER_KINDS),
  name: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  domains: z.array(z.string()),
  version: z.int(),
})

/** Trusts an issuer to say who somebody is, or changes how. */
export const setProvider = operation<ExternalNeeds>()({
  name: 'identity.set_provider',
  about:
    'Let people sign in through GitHub, Google or an OpenID issuer. The secret is kept sealed.',
  input: z.strictObject({
    key: Key,
    kind: z.enum(PROVIDER_KINDS),
    name: z.string().trim().min(1).max(80),
    issuer: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe('For kind oidc'),
    clientId: z.string().trim().min(1).max(500),
    clientSecret: z.string().min(1).max(2000).optional().describe('Left out: as it is'),
    domains: z.array(Domain).max(50).default([]).describe('May join without an invitation'),
  }),
  output: ProviderView,
  access: 'idp:write',
  orgWide: true,
  fresh: true,
  effect: 'write',
  http: 'PUT /providers/:key',
  mcp: null,
  say: ({ name, key }) => `People sign in through ${name} (${key}).`,
  async run({ key, kind, name, issuer: given, clientId, clientSecret, domains }, needs) {
    const { providers, call, emit } = needs
    const known = await providers.find({ key })
    if (!known && clientSecret === undefined) throw secretMissing()
    const issuer = issuerOf(kind, given)
    const version = (known?.version ?? 0) + 1
    const id = known?.id ?? call.newId()
    const provider = { id, key, kind, name, issuer, clientId, domains, version }
    await providers.save(provider, { clientSecret: clientSecret ?? null, now: call.now })
    emit(ProviderChanged({ providerId: id, key, kind, issuer, clientId, domains, version }))
    return { key, kind, name, issuer, clientId, domains, version }
  },
})

/** Lists the issuers that are trusted; their secrets are never shown. */
export const listProviders = operation<ExternalNeeds>()({
  name: 'identity.list_providers',
  about: 'List the issuers people may sign in through.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(ProviderView) }),
  access: 'idp:read',
  orgWide: true,
  effect: 'read',
  http: 'GET /providers',
  mcp: null,
  say: ({ items }) =>
    items.map(({ key, name, issuer }) => `${key} ${name} ${issuer}`).join('\n') ||
    'People sign in with passwords and passkeys only.',
  async run(_, { providers }) {
    const found = await providers.list()
    return {
      items: found.map(({ id: _id, domains, ...rest }) => ({ ...rest, domains: [...domains] })),
    }
  },
})

/** Trusts an issuer no more; accounts there let nobody in from now on. */
export const removeProvider = operation<ExternalNeeds>()({
  name: 'identity.remove_provider',
  about: 'Stop sign-in through an issuer. Who has no other way in needs a reset link.',
  input: z.strictObject({ key: Key }),
  output: z.object({ key: Key }),
  access: 'idp:write',
  orgWide: true,
  fresh: true,
  effect: 'write',
  http: 'DELETE /providers/:key',
  mcp: null,
  say: ({ key }) => `Nobody signs in through ${key} any more.`,
  async run({ key }, { providers, emit }) {
    const known = await providers.find({ key })
    if (!known || !(await providers.remove(known.id))) throw notFound('This issuer')
    emit(ProviderRemoved({ providerId: known.id, key }))
    return { key }
  },
})

const secretMissing = () => {
  const message = 'Send the clientSecret that the issuer gave you; it is kept sealed.'
  return refuse('invalid', 'identity.client_secret_missing', message, { field: 'clientSecret' })
}
