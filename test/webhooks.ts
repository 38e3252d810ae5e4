import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { httpServer } from '../src/interface/http/server.ts'
import { rooms, webhookOthers } from '../src/main/rooms.ts'
import { openEgress } from '../src/platform/egress/egress.ts'
import { hookAt, webhookMount, webhookNeeds, webhookSender } from '../src/tools/room.ts'
import type { bench } from './bench.ts'

type Bench = Awaited<ReturnType<typeof bench>>

/** Serves the addresses that other systems call; gives the way to call one. */
export const openHooks = async ({ house, database }: Bench) => {
  const hooks = webhookMount({
    hall: house.hall,
    find: (path) => database.system((sql) => hookAt(sql, path)),
    addressOf: ({ socket }) => socket.remoteAddress,
    headers: ['x-content-type-options', 'nosniff'],
  })
  const server = httpServer({ hall: house.hall, version: '0', mounts: [hooks] })
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  const call = async (
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array<ArrayBuffer>,
  ) => {
    const target = `http://127.0.0.1:${port}${new URL(url, 'http://hub.test').pathname}`
    const answer = await fetch(target, { method: 'POST', headers, body })
    const { trace: _, ...said } = Object(await answer.json().catch(() => ({})))
    return { status: answer.status, said, headers: answer.headers }
  }
  return { call, port, close: () => server.close(1_000) }
}

/** Signs a body as GitHub does. */
export const signedByGithub = (secret: string, body: string, delivery: string) => ({
  'content-type': 'application/json',
  'x-github-event': 'issues',
  'x-github-delivery': delivery,
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
})

/** One delivery as it arrived. */
export type Arrived = Readonly<{ headers: IncomingHttpHeaders; body: string; path: string }>

/** How a receiver answers. */
export type Answering = Readonly<{
  status: number
  headers?: Readonly<Record<string, string>>
  body?: string
}>

/** A receiver on this machine: it keeps what arrives and answers as it is told. */
export const openReceiver = async () => {
  const arrived: Arrived[] = []
  let answering: Answering | 'never' | 'cut' = { status: 204 }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      arrived.push({
        headers: req.headers,
        body: Buffer.concat(chunks).toString(),
        path: req.url ?? '',
      })
      if (answering === 'never') return
      if (answering === 'cut') return void req.socket.destroy()
      res.writeHead(answering.status, answering.headers).end(answering.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    url: `http://127.0.0.1:${port}/inbox`,
    arrived,
    answer(next: Answering | 'never' | 'cut') {
      answering = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Makes a sender over the house of a test; it may call the given ports of this machine. */
export const openSender = (
  { house, database, fixtures, clock }: Bench,
  ports: readonly number[],
) => {
  const egress = openEgress({ allow: ports.map((port) => `127.0.0.1/32:${port}`) })
  const all = rooms(fixtures)
  const failures: unknown[] = []
  const sender = webhookSender({
    ...{ database, now: clock.now, run: house.pipeline.run, fetch: egress.fetch },
    needs: webhookNeeds(webhookOthers(fixtures, () => all)),
    scrub: fixtures.scrubber.scrub,
    failed: (error) => failures.push(error),
  })
  return {
    ...sender,
    failures,
    async close() {
      await sender.stop()
      await egress.stop()
    },
  }
}

/** Tells whether a delivery is signed with a secret, by the words of Standard Webhooks. */
export const isSignedWith = (secret: string, { headers, body }: Arrived): boolean => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const [id, sent] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])]
  const signed = `${id}.${sent}.${body}`
  const own = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(own)
}
