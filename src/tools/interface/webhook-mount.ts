import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHmac } from 'node:crypto'
import { systemActor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { RULE_FAILED } from '../application/apply-webhook-rule.ts'
import { noSuchWebhook, receiveWebhook } from '../application/receive-webhook.ts'

// The addresses that other systems call. A signature is over the bytes as they came, so the body
// is read here and not by the routes; then it is an operation like any other.

const PATH = /^\/hooks\/([\w-]{24})$/
const BODY_BYTES_MAX = 1_048_576
/** Milliseconds that a sender may take for its body. */
const BODY_MS = 15_000

/** What the mount is made of. */
export type WebhookMountOptions = Readonly<{
  hall: Pick<Hall, 'run' | 'admit' | 'log'>
  /** Finds whose webhook is called. */
  find: (path: string) => Promise<Readonly<{ orgId: string; id: string }> | null>
  addressOf: (req: IncomingMessage) => string | undefined
  /** Headers of every answer, names and values in turn. */
  headers: readonly string[]
}>

/** The subtree of addresses that webhooks answer. */
export type WebhookMount = Readonly<{
  handles(pathname: string): boolean
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
}>

/** Makes the mount. */
export const webhookMount = (options: WebhookMountOptions): WebhookMount => ({
  handles: (pathname) => pathname.startsWith('/hooks/'),
  async handle(req, res) {
    const { hall, find, addressOf, headers } = options
    for (let at = 0; at + 1 < headers.length; at += 2) {
      res.setHeader(headers[at] ?? '', headers[at + 1] ?? '')
    }
    res.setHeader('cache-control', 'no-store')
    const address = addressOf(req)
    hall.admit(address)
    if (req.method !== 'POST') return turnAway(res, 'webhook_not_posted')
    const path = PATH.exec((req.url ?? '').split('?')[0] ?? '')?.[1]
    const body = await readBytes(req)
    if (typeof body === 'string') return turnAway(res, body)
    const hook = path === undefined ? null : await find(path)
    if (hook === null) {
      spendAsMuch(body)
      throw noSuchWebhook()
    }
    const call = { headers: headersOf(req), body: body.toString('base64') }
    const { challenge, taken } = await receive(options, hook, { ...call, address })
    if (challenge !== null) res.writeHead(200, { 'content-type': 'text/plain' }).end(challenge)
    else res.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ taken }))
  },
})

type Call = Readonly<{
  headers: Readonly<Record<string, string>>
  body: string
  address: string | undefined
}>

/** Lets the hall take a call; with a rule that cannot do what it says, without the rule. */
const receive = async (
  { hall }: WebhookMountOptions,
  { orgId, id }: Readonly<{ orgId: string; id: string }>,
  { headers, body, address }: Call,
) => {
  const asked = { actor: systemActor(orgId), door: 'http', address } as const
  const run = async (failed: string | null) => {
    const input = { webhookId: id, headers, body, failed }
    const { output } = await hall.run(receiveWebhook, input, asked)
    return receiveWebhook.output.parse(output)
  }
  const given = await run(null).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.code !== RULE_FAILED) throw error
    // All that the rule did went with its transaction; the call itself is kept, and says why.
    return run(String(error.details['why']))
  })
  return readGiven(given)
}

const readGiven = (given: unknown): Readonly<{ challenge: string | null; taken: boolean }> => {
  const fields = typeof given === 'object' && given !== null ? given : {}
  const challenge = 'challenge' in fields ? fields.challenge : null
  const taken = 'taken' in fields && fields.taken === true
  return { challenge: typeof challenge === 'string' ? challenge : null, taken }
}

/** Gives headers by small names; one that came twice is none that was signed. */
const headersOf = ({ headersDistinct }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headersDistinct).flatMap(([name, values]) => {
      const [value, ...more] = values ?? []
      return value === undefined || more.length > 0 ? [] : [[name, value]]
    }),
  )

/** A call that is answered without anybody looking at it. */
type Turned = 'webhook_not_posted' | 'webhook_too_large' | 'webhook_too_slow'

const TURNED: Readonly<Record<Turned, Readonly<{ status: number; title: string }>>> = {
  webhook_not_posted: { status: 405, title: 'This is not possible here; use POST.' },
  webhook_too_large: { status: 413, title: `A call carries ${BODY_BYTES_MAX} bytes at most.` },
  webhook_too_slow: { status: 408, title: 'The call came too slowly; send it again.' },
}

const turnAway = (res: ServerResponse, why: Turned): void => {
  const { status, title } = TURNED[why]
  const code = `tools.${why}`
  // What is left of a body nobody reads: the connection goes with the answer.
  const head = { 'content-type': 'application/problem+json', allow: 'POST', connection: 'close' }
  res
    .writeHead(status, head)
    .end(JSON.stringify({ type: `/problems/${code}`, title, status, code }))
}

/** Reads a body as it comes; says why where it is none that is taken. */
const readBytes = (req: IncomingMessage): Promise<Buffer | Turned> => {
  if (Number(req.headers['content-length']) > BODY_BYTES_MAX) {
    return Promise.resolve('webhook_too_large')
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const late = setTimeout(() => end('webhook_too_slow'), BODY_MS)
    const end = (read: Buffer | Turned): void => {
      clearTimeout(late)
      req.off('data', take)
      req.pause()
      resolve(read)
    }
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > BODY_BYTES_MAX) end('webhook_too_large')
      else chunks.push(chunk)
    }
    req.on('data', take)
    req.once('end', () => end(Buffer.concat(chunks)))
    req.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
  })
}

/** Computes a signature for nobody, so that an address that is none takes as long as one. */
const spendAsMuch = (body: Buffer): void => {
  createHmac('sha256', 'nobody').update(body).digest()
}
