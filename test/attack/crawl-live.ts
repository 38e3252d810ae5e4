import { request } from 'node:http'
import { WebSocket } from 'ws'

/** What one open connection has heard so far. */
export type Ear = Readonly<{ name: string; said(): string; close(): void }>

type Call = Readonly<{ url: string; key: string; query?: string; lastId?: string }>

/** Opens `GET /v1/stream` and keeps all its text. */
export const openSse = (name: string, { url, key, query = '', lastId }: Call): Promise<Ear> => {
  let text = ''
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    }
    const req = request(`${url}/v1/stream${query}`, { headers }, (res) => {
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      res.on('error', () => {}) // The end of the test ends the stream.
      resolve({ name, said: () => text, close: () => req.destroy() })
    })
    req.on('error', reject)
    req.end()
  })
}

/** Opens `/v1/ws` and keeps all its messages. */
export const openWs = (name: string, { url, key, query = '' }: Call): Promise<Ear> => {
  let text = ''
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws${query}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) text += `${data.toString()}\n`
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ name, said: () => text, close: () => socket.terminate() }))
    socket.once('error', reject)
  })
}

/** Posts to the agent door and keeps what comes back as long as it is open. */
export const openListen = (
  name: string,
  call: Call & Readonly<{ headers: Readonly<Record<string, string>>; body: string }>,
): Promise<Ear> => {
  let text = ''
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${call.key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...call.headers,
    }
    const options = { method: 'POST', headers }
    const req = request(`${call.url}/agent/mcp`, options, (res) => {
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      res.on('error', () => {}) // The end of the test ends the stream.
      resolve({ name, said: () => text, close: () => req.destroy() })
    })
    req.on('error', reject)
    req.end(call.body)
  })
}
