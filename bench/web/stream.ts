import { createServer, type ServerResponse } from 'node:http'
import { once } from 'node:events'

/** A stream of events that a bench writes by hand; a page hears it in place of the hub's own. */
export type FedStream = Readonly<{
  url: string
  /** Resolves once a page listens. */
  heard(): Promise<void>
  /** Sends one message with events as the hub would send them. */
  send(events: readonly object[]): void
  stop(): Promise<void>
}>

/** Opens a stream that is fed by hand. */
export const fedStream = async (): Promise<FedStream> => {
  const listeners = new Set<ServerResponse>()
  let tell: () => void = () => {}
  const first = new Promise<void>((resolve) => {
    tell = resolve
  })
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    answer.write(': open\n\n')
    listeners.add(answer)
    answer.on('close', () => listeners.delete(answer))
    tell()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  let pos = 1_000_000
  return {
    url: `http://127.0.0.1:${port}/stream`,
    heard: () => first,
    send(events) {
      pos += events.length
      const message = `id: 1-${pos}\ndata: ${JSON.stringify(events)}\n\n`
      for (const answer of listeners) answer.write(message)
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
