import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { Server, Socket } from 'node:net'
import { createServer as createRawServer } from 'node:net'
import { expect } from 'vitest'
import type { Resolve } from '../../src/platform/egress/egress.ts'

/** A small server of the outside world, or a bait that must never be touched. */
export type Post = Readonly<{
  port: number
  /** Connections opened to it so far. */
  touched(): number
  /** Sockets that are open now. */
  open(): number
  stop(): Promise<void>
}>

/** Starts a server on an address; counts every connection, whatever is said on it. */
export const post = async (server: Server, host = '127.0.0.1', at = 0): Promise<Post> => {
  let touched = 0
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    touched += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(at, host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    port,
    touched: () => touched,
    open: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
}

/** Starts an HTTP server that answers as told. */
export const httpPost = (answer: RequestListener, host?: string, at?: number): Promise<Post> =>
  post(createServer(answer), host, at)

/** Starts a server that speaks raw bytes after the first bytes of a request. */
export const rawPost = (speak: (socket: Socket, request: string) => void): Promise<Post> =>
  post(
    createRawServer((socket) => {
      socket.once('data', (bytes) => speak(socket, bytes.toString('latin1')))
    }),
  )

/** Makes a resolver that gives every name the same addresses. */
export const resolveTo =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

/** Waits for the refusal of a call; a call that succeeds fails the test. */
export const refused = async (
  call: Promise<unknown>,
): Promise<Readonly<{ kind: string; code: string; message: string }>> => {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'Refusal' })
  const text = (key: string): string =>
    error instanceof Error ? String(Reflect.get(error, key)) : ''
  return { kind: text('kind'), code: text('code'), message: text('message') }
}
