import { join } from 'node:path'
import { assert } from '../../kernel/assert.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Child, Launcher } from '../../platform/child/child.ts'
import { openChildLine } from '../../platform/mcp/child-line.ts'
import { openHttpLine, WIDEST_RELAYS } from '../../platform/mcp/http-line.ts'
import type { Line } from '../../platform/mcp/line.ts'
import { openSseLine } from '../../platform/mcp/sse-line.ts'
import type { Connection } from '../application/hub-records.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { Vault } from '../contract.ts'
import type { Upstream } from '../domain/upstream.ts'
import { sha256Hex } from './definition-hash.ts'
import { REMEMBER_MS } from './keyring-adapter.ts'
import type { AccountTokens, TokenHeaders } from './oauth-tokens.ts'
import { authHeaders, hostOf } from './upstream-auth.ts'
import { openServiceLine } from './openapi-line.ts'
import { ProgramConfig, ServiceConfig } from './upstream-config.ts'

/** Bytes of one message of a server. */
const MESSAGE_BYTES_MAX = 8_000_000
/** Memory of one program with everything it starts, where its entry says nothing. */
const MEMORY_BYTES_MAX = 512 * 1024 * 1024

/** Milliseconds after which the scrubber is told again; a call takes ten minutes at most. */
const REMEMBER_AGAIN_MS = 60_000

/** What lines to servers are opened with. */
export type LineGround = Readonly<{
  /** The way out, without bounds of its own on time: a line keeps both. */
  fetch: (input: string, init: RequestInit) => Promise<Response>
  launcher: Launcher
  vault: Vault
  tokens: AccountTokens
  scrubber: Pick<Scrubber, 'remember'>
  now: () => number
  /** The folder below which programs have their private homes. */
  folder: string
  version: string
}>

/** Which line: a server at one of its addresses, under one credential. */
export type LineWish = Readonly<{
  upstream: Upstream
  replica: string
  connection: Connection | null
  call: Call
  tool: string | null
  leaseId: string | null
}>

/**
 * Opens a line to a server. Its credential is opened for it here, once, which the ledger hears of
 * first; it goes along for as long as the line is open, to this server and nowhere else.
 */
export const openLine = async (ground: LineGround, wish: LineWish): Promise<Line> => {
  const { upstream, connection } = wish
  const secretId = connection?.secretId ?? null
  if (secretId === null) return openWith(ground, wish, null)
  const headers = await accountHeaders(ground, wish)
  if (headers !== null) {
    // Found out while a line is opened, that a token is over must not look like a broken server.
    return ground.tokens.using(wish, () => openWith(ground, wish, headers))
  }
  const use = {
    purpose: {
      kind: upstream.kind === 'stdio' ? ('launch' as const) : ('egress' as const),
      host: hostOf(wish.upstream, wish.replica),
      ...(wish.tool !== null && { tool: wish.tool }),
    },
    lease: wish.leaseId,
    call: wish.call,
  }
  return ground.vault.use({ id: secretId }, use, async (secret) => {
    const text = new TextDecoder().decode(secret)
    return remembering(ground, await openWith(ground, wish, text), text)
  })
}

/**
 * Keeps the credential of a line known to the scrubber for as long as the line is used: its server
 * may say it back after an hour as well as at once.
 */
const remembering = ({ scrubber, now }: LineGround, line: Line, secret: string): Line => {
  let rememberedAt = now()
  return {
    ...line,
    request(asked) {
      if (now() - rememberedAt > REMEMBER_AGAIN_MS) {
        scrubber.remember(secret, REMEMBER_MS)
        rememberedAt = now()
      }
      return line.request(asked)
    },
  }
}

const accountHeaders = ({ tokens }: LineGround, wish: LineWish): Promise<TokenHeaders | null> => {
  const { auth, kind } = wish.upstream
  const mayBe = auth.kind === 'oauth' && kind !== 'stdio'
  return mayBe ? tokens.open(wish, addressOf(wish)) : Promise.resolve(null)
}

const openWith = async (
  ground: LineGround,
  wish: LineWish,
  credential: string | TokenHeaders | null,
): Promise<Line> => {
  const { upstream } = wish
  const [secret, changing] =
    typeof credential === 'function' ? [null, credential] : [credential, undefined]
  const clientInfo = { name: 'guildhall', version: ground.version }
  const { era } = upstream
  if (upstream.kind === 'stdio') {
    const child = await startChild(ground, wish, secret)
    // A client's folders are not this machine's: a program must not be let into them.
    const { roots: _roots, ...relays } = WIDEST_RELAYS
    return openChildLine(child, { clientInfo, relays, era: era === 'modern' ? era : 'legacy' })
  }
  if (upstream.kind === 'openapi') {
    const { document } = ServiceConfig.parse(upstream.config)
    const { fetch } = ground
    const where = { document, baseUrl: addressOf(wish), bytesMax: MESSAGE_BYTES_MAX }
    const own = changing ? { headers: changing } : {}
    return openServiceLine({ ...where, auth: upstream.auth, secret, fetch, ...own })
  }
  const fixed = authHeaders(upstream.auth, secret)
  const http = {
    url: addressOf(wish),
    fetch: ground.fetch,
    headers: changing ?? (async () => fixed),
    clientInfo,
    relays: WIDEST_RELAYS,
    bytesMax: MESSAGE_BYTES_MAX,
  }
  return upstream.kind === 'sse' ? openSseLine(http) : openHttpLine({ ...http, era })
}

const addressOf = ({ upstream, replica }: LineWish): string => {
  const found = upstream.replicas.find(({ id }) => id === replica)
  assert(found, 'a call goes to a replica that its server has')
  return found.url
}

const startChild = (
  { launcher, folder }: LineGround,
  wish: LineWish,
  secret: string | null,
): Promise<Child> => {
  const { upstream } = wish
  const config = ProgramConfig.parse(upstream.config)
  const { program, node, argv, environment, cwd, isolate, shows, opens } = config
  const own =
    secret === null || upstream.auth.name === undefined ? {} : { [upstream.auth.name]: secret }
  return launcher.start({
    name: upstream.slug,
    command: node ? process.execPath : program,
    args: node ? [program, ...argv] : argv,
    env: { ...environment, ...own },
    cwd: cwd ?? null,
    home: join(folder, homeName(wish)),
    memoryBytesMax: config.memoryBytesMax ?? MEMORY_BYTES_MAX,
    isolate,
    shows,
    opens,
  })
}

/** Tells who has a program for themselves; `null`: all who have the same credential share it. */
export const holderOf = ({ upstream, call: { actor } }: LineWish): string | null => {
  const { instances } = ProgramConfig.parse(upstream.config)
  if (instances === 'credential') return null
  return instances === 'session' ? (actor.credentialId ?? actor.id) : actor.id
}

// Browsers make sockets below their home, whose paths the system allows 107 characters: ids as they
// are would leave too few of them. Who has a program for themselves has its home so, too.
const HOME_CHARACTERS = 16

const homeName = (wish: LineWish): string => {
  const { upstream, connection } = wish
  const whose = [upstream.id, connection?.principalId ?? '', holderOf(wish) ?? '']
  return sha256Hex(whose.join('/')).slice(0, HOME_CHARACTERS)
}
