import type { NotesFolder, OutsideNote } from './notes-file.ts'

/** Notes of one ledger that wait for a sink; the newest covers what the others did. */
const WAITING_MAX = 100
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 60_000

/** A place outside of the database to which notes are copied. */
export type Sink = Readonly<{
  name: string
  put(orgId: string, note: OutsideNote): Promise<void>
}>

/** Copies notes into a folder, one file for each organisation. */
export const fileSink = (folder: NotesFolder): Sink => ({
  name: 'file',
  put: (orgId, note) => folder.add(orgId, note),
})

/** What a webhook is called with; the answer's status is all that counts. */
export type Post = (
  url: string,
  request: Readonly<{ method: 'POST'; headers: Readonly<Record<string, string>>; body: string }>,
) => Promise<Readonly<{ status: number }>>

/** Sends notes to an address. */
export const webhookSink = (url: string, post: Post): Sink => ({
  name: 'webhook',
  async put(orgId, { epoch, size, note }) {
    const { status } = await post(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'guildhall.checkpoint', org: orgId, epoch, size, note }),
    })
    if (status < 200 || status > 299) throw new Error(`The checkpoint webhook answered ${status}.`)
  },
})

/** Notes on their way to the sinks. */
export type Outgoing = Readonly<{
  add(orgId: string, note: OutsideNote): void
  /** Tries everything that waits once, now. */
  flush(): Promise<void>
  waiting(): number
  failures(): number
  stop(): Promise<void>
}>

/** Carries notes to one sink, in order, again after a failure; nobody ever waits for it. */
export const outgoing = (sink: Sink, failed: (error: unknown) => void): Outgoing => {
  const queues = new Map<string, OutsideNote[]>()
  let failures = 0
  let tries = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> = Promise.resolve()
  let stopped = false

  const sendAll = async () => {
    for (const [orgId, queue] of queues) {
      for (let note = queue[0]; note; note = queue[0]) {
        await sink.put(orgId, note)
        if (queue[0] === note) queue.shift()
      }
      if (queue.length === 0) queues.delete(orgId)
    }
  }
  const attempt = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    running = running.then(sendAll).then(
      () => {
        tries = 0
      },
      (error: unknown) => {
        failures += 1
        tries += 1
        failed(error)
        if (stopped) return
        const rest = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (tries - 1))
        timer = setTimeout(() => {
          attempt().catch(failed)
        }, rest)
        timer.unref()
      },
    )
    return running
  }
  return {
    add(orgId, note) {
      const queue = queues.get(orgId) ?? []
      queues.set(orgId, queue)
      queue.push(note)
      if (queue.length > WAITING_MAX) queue.shift()
      if (timer === undefined && !stopped) attempt().catch(failed)
    },
    flush: attempt,
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
    failures: () => failures,
    async stop() {
      stopped = true
      await attempt()
    },
  }
}
