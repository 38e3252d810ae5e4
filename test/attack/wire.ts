import { Agent, type IncomingHttpHeaders, request } from 'node:http'

/** A request as attacks write it: nothing is added but the length of its body. */
export type Wished = Readonly<{
  method: string
  path: string
  headers?: Readonly<Record<string, string | string[]>>
  body?: string | Buffer | undefined
}>

/** What came back over the wire. */
export type Heard = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>

/** Connections to one server, kept alive. */
export type Wire = Readonly<{ send(wished: Wished): Promise<Heard>; close(): void }>

/** Milliseconds after which a call without an answer is a hang. */
export const DEADLINE_MS = 10_000

/** Makes a wire to a server on this machine. */
export const wireTo = (url: string, deadlineMs = DEADLINE_MS): Wire => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const { hostname, port } = new URL(url)
  return {
    send: (wished) => send({ agent, hostname, port, deadlineMs }, wished),
    close: () => agent.destroy(),
  }
}

type Line = Readonly<{ agent: Agent; hostname: string; port: string; deadlineMs: number }>

const send = (line: Line, { method, path, headers = {}, body }: Wished): Promise<Heard> => {
  const { agent, hostname, port, deadlineMs } = line
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const all = { ...length, ...headers }
    const req = request({ agent, hostname, port, method, path, headers: all }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        clearTimeout(timer)
        const text = Buffer.concat(chunks).toString()
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text })
      })
    })
    const timer = setTimeout(() => {
      req.destroy(new Error(`No answer within ${deadlineMs} ms.`))
    }, deadlineMs)
    req.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    req.end(body)
  })
}
