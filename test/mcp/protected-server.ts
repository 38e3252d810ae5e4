import { createServer, type IncomingMessage, request } from 'node:http'
import type { TokenIssuer } from './token-issuer.ts'
import type { UpstreamServer } from './upstream-servers.ts'

// A server of tools that wants a token: it stands before one of the fixtures, tells who issues its
// tokens, and lets nobody pass whose token was not made for it.

/** What a protected server does otherwise than usual. */
export type ProtectionOptions = Readonly<{
  /** Changes what it says of its tokens; `null`: it says nothing. */
  says?: (metadata: Record<string, unknown>) => Record<string, unknown> | null
  /** Leaves out where that is said. */
  silent?: boolean
  /** Scopes that tools need besides `files:read`. */
  needs?: Readonly<Record<string, string>>
}>

/** A running server that wants tokens. */
export type ProtectedServer = Readonly<{
  url: string
  resource: string
  /** Credentials that came, in order; an empty text: none. */
  credentials: readonly string[]
  /** Bodies of requests that were let pass. */
  passed: readonly string[]
  stop(): Promise<void>
}>

/** Puts a protection before a server. */
export const protectServer = async (
  inner: UpstreamServer,
  issuer: Pick<TokenIssuer, 'issuer' | 'check'>,
  options: ProtectionOptions = {},
): Promise<ProtectedServer> => {
  const credentials: string[] = []
  const passed: string[] = []
  const { says = (metadata) => metadata, needs = {} } = options
  let origin = ''
  const metadataPath = '/.well-known/oauth-protected-resource/mcp'
  const server = createServer((req, res) => {
    const answer = async () => {
      if (req.url === metadataPath) {
        const metadata = says({
          resource: `${origin}/mcp`,
          authorization_servers: [issuer.issuer],
          scopes_supported: ['files:read'],
        })
        if (metadata === null) return void res.writeHead(404).end()
        const { redirect } = metadata
        if (typeof redirect === 'string')
          return void res.writeHead(302, { location: redirect }).end()
        res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
        return
      }
      if (!req.url?.startsWith('/mcp')) return void res.writeHead(404).end()
      const body = await bodyOf(req)
      const token = req.headers.authorization?.replace(/^Bearer /, '') ?? ''
      credentials.push(token)
      const scopes = token === '' ? null : await issuer.check(token, `${origin}/mcp`)
      const where = options.silent ? '' : `resource_metadata="${origin}${metadataPath}"`
      if (scopes === null) {
        const challenge = `Bearer error="invalid_token"${where && `, ${where}`}`
        return void res.writeHead(401, { 'www-authenticate': challenge }).end()
      }
      const missing = missingIn(body.toString(), scopes, needs)
      if (missing !== null) {
        const challenge = `Bearer error="insufficient_scope", scope="${missing}", ${where}`
        return void res.writeHead(403, { 'www-authenticate': challenge }).end()
      }
      passed.push(body.toString())
      const to = new URL(inner.url)
      const forward = request(
        {
          host: to.hostname,
          port: to.port,
          path: to.pathname,
          method: req.method,
          headers: { ...req.headers, host: to.host },
        },
        (reply) => {
          res.writeHead(reply.statusCode ?? 502, reply.headers)
          reply.pipe(res)
        },
      )
      forward.on('error', () => res.destroy())
      res.on('close', () => forward.destroy())
      forward.end(body)
    }
    answer().catch((error: unknown) => res.destroy(new Error(String(error))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return {
    url: `${origin}/mcp`,
    resource: `${origin}/mcp`,
    credentials,
    passed,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const bodyOf = async (req: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const missingIn = (
  body: string,
  scopes: readonly string[],
  needs: Readonly<Record<string, string>>,
): string | null => {
  for (const [tool, scope] of Object.entries(needs)) {
    if (body.includes(`"name":"${tool}"`) && !scopes.includes(scope)) return scope
  }
  return null
}
