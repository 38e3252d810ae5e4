import { z } from 'zod'
import type { Got } from './ground.ts'
import { send } from './ground.ts'

/** One write of a writer: what it is called, and whether the hub has ever said yes to it. */
export type Written = { readonly key: string; readonly task: string | null; acknowledged: boolean }

/** Writers that go on until they are stopped; what was not acknowledged they leave for later. */
export type Writers = Readonly<{
  written: readonly Written[]
  acknowledged(): number
  /** Ends the loops; resolves when the last request is over. */
  stop(): Promise<void>
  /** Sends again, with its own key, whatever is in the list and not acknowledged. */
  repeat(url: string, which?: readonly Written[]): Promise<readonly Got[]>
}>

const Created = z.object({ created: z.array(z.object({ key: z.string() })) })
const PROJECT = 'DUR'

/** Makes the project that the writers write into. */
export const makeProject = async (url: string, key: string): Promise<void> => {
  const body = { key: PROJECT, name: 'Durable' }
  const { status, text } = await send({ url, key, method: 'POST', path: '/v1/projects', body })
  if (status >= 300) throw new Error(`The project was not made: ${text}`)
}

/** Lets writers create tasks and comment on them, each write under a key of its own. */
export const startWriters = (
  options: Readonly<{ url: () => string; key: string; count: number; name: string }>,
): Writers => {
  const written: Written[] = []
  let stopped = false
  const put = (one: Written, url: string): Promise<Got> => {
    const path = one.task === null ? '/v1/tasks' : `/v1/tasks/${one.task}/comments`
    const body =
      one.task === null ? { project: PROJECT, items: [{ title: one.key }] } : { body: one.key }
    const headers = { 'idempotency-key': one.key }
    return send({ url, key: options.key, method: 'POST', path, body, headers })
  }
  const writer = async (number: number) => {
    let task: string | null = null
    for (let turn = 1; !stopped; turn++) {
      const one: Written = { key: `${options.name}-${number}-${turn}`, task, acknowledged: false }
      written.push(one)
      const got = await put(one, options.url()).catch(() => null)
      one.acknowledged = got !== null && got.status < 300
      // A task, a comment on it, the next task: both kinds of writes are always under way.
      if (one.task !== null || got === null || !one.acknowledged) task = null
      else task = Created.parse(got.body).created[0]?.key ?? null
      if (got === null) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const running = Array.from({ length: options.count }, (_, number) => writer(number + 1))
  return {
    written,
    acknowledged: () => written.filter(({ acknowledged }) => acknowledged).length,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
    async repeat(url, which = written.filter(({ acknowledged }) => !acknowledged)) {
      const answers: Got[] = []
      for (const one of which) {
        const got = await put(one, url)
        one.acknowledged ||= got.status < 300
        answers.push(got)
      }
      return answers
    },
  }
}
