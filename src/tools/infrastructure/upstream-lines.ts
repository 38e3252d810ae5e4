import { join } from 'node:path'
import { assert } from '../../kernel/assert.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Child, Launcher } from '../../platform/child/child.ts'
import { openChildLine } from '../../platform/mcp/child-line.ts'
import { openHttpLine, WIDEST_RELAYS } from '../../platform/mcp/http-line.ts'
import type { Line } from '../../platform/mcp/line.ts'
import { openSseLine } from '../../platform/mcp/sse-line.ts'
import type { Connection } from '../application/hub-records.ts'
import type { Vault } from '../contract.ts'
import type { Upstream } from '../domain/upstream.ts'
import { authHeaders, hostOf } from './upstream-auth.ts'
import { openServiceLine } from './openapi-line.ts'
import { ProgramConfig, ServiceConfig } from './upstream-config.ts'

/** Bytes of one message of a server. */
const MESSAGE_BYTES_MAX = 8_000_000
/** Memory of one program with everything it starts. */
const MEMORY_BYTES_MAX = 512 * 1024 * 1024

/** What lines to servers are opened with. */
export type LineGround = Readonly<{
  /** The way out, without bounds of its own on time: a line keeps both. */
  fetch: (input: string, init: RequestInit) => Promise<Response>
  launcher: Launcher
  vault: Vault
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
  const use = {
    purpose: {
      kind: upstream.kind === 'stdio' ? ('launch' as const) : ('egress' as const),
      host: hostOf(wish.upstream, wish.replica),
      ...(wish.tool !== null && { tool: wish.tool }),
    },
    lease: wish.leaseId,
    call: wish.call,
  }
  return ground.vault.use({ id: secretId }, use, (secret) =>
    openWith(ground, wish, new TextDecoder().decode(secret)),
  )
}

const openWith = async (
  ground: LineGround,
  wish: LineWish,
  secret: string | null,
): Promise<Line> => {
  const { upstream } = wish
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
    return openServiceLine({ ...where, auth: upstream.auth, secret, fetch })
  }
  const headers = authHeaders(upstream.auth, secret)
  const http = {
    url: addressOf(wish),
    fetch: ground.fetch,
    headers: async () => headers,
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
  { upstream, connection }: LineWish,
  secret: string | null,
): Promise<Child> => {
  const { program, node, argv, environment, cwd, isolate, shows, opens } = ProgramConfig.parse(
    upstream.config,
  )
  const own =
    secret === null || upstream.auth.name === undefined ? {} : { [upstream.auth.name]: secret }
  return launcher.start({
    name: upstream.slug,
    command: node ? process.execPath : program,
    args: node ? [program, ...argv] : argv,
    env: { ...environment, ...own },
    cwd: cwd ?? null,
    home: join(folder, upstream.id, connection?.principalId ?? 'shared'),
    memoryBytesMax: MEMORY_BYTES_MAX,
    isolate,
    shows,
    opens,
  })
}
