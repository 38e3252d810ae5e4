import { Agent, request } from 'node:http'
import { z } from 'zod'
import type { TestHub } from '../test/hub.ts'

const Answer = z.looseObject({ task: z.looseObject({ lease: z.string() }).nullable() })
const CALL_MS = 30_000

/** One worker's way to the hub: a connection that stays open. */
export type Worker = Readonly<{
  /** Claims the next task; gives its lease and how long it took. */
  claim(): Promise<Readonly<{ lease: string; ms: number }>>
  finish(lease: string): Promise<number>
  /** Sends a heartbeat with a note; gives the moments of sending and of the answer. */
  note(lease: string, text: string): Promise<Readonly<{ sent: number; answered: number }>>
  close(): void
}>

/** Makes a worker over HTTP. */
export const httpWorker = (hub: TestHub, key: string, project: string): Worker => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = (path: string, body: object): Promise<string> => {
    const text = JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    }
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent, headers, timeout: CALL_MS }
      const asked = request(`${hub.url}/v1/work/${path}`, options, (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => {
          const said = Buffer.concat(chunks).toString()
          if (res.statusCode === 200) resolve(said)
          else reject(new Error(`${path} answered ${res.statusCode}: ${said}`))
        })
      })
      asked.on('error', reject)
      asked.on('timeout', () => asked.destroy(new Error(`${path} took too long`)))
      asked.end(text)
    })
  }
  return {
    async claim() {
      const begun = performance.now()
      const { task } = Answer.parse(JSON.parse(await post('next', { project, lease_s: 14_400 })))
      if (task === null) throw new Error('No task is ready; seed more of them.')
      return { lease: task.lease, ms: performance.now() - begun }
    },
    async finish(lease) {
      const begun = performance.now()
      await post('finish', { lease, outcome: 'done', summary: 'Done.' })
      return performance.now() - begun
    },
    async note(lease, text) {
      const sent = performance.now()
      await post('update', { lease, note: text })
      return { sent, answered: performance.now() }
    },
    close: () => agent.destroy(),
  }
}
