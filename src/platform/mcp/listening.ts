import { assert } from '../../kernel/assert.ts'
import type { Json, NoticeListener } from './line.ts'
import { LineFailure, UpstreamFault } from './line.ts'
import { noticeBoard } from './notices.ts'
import { CODES, memberOf, NOTHING } from './words.ts'

/** Resources that one line can hear updates of. */
export const WATCHED_MAX = 1_000

/** What hears of one stream of changes. */
export type StreamEars = Readonly<{
  acknowledged(): void
  notice(method: string, params: Json): void
}>

/** Opens a stream of changes; resolves or rejects when it is over, however that came. */
export type OpenStream = (filter: Json, ears: StreamEars, signal: AbortSignal) => Promise<void>

/** The changes of a modern server. */
export type Listening = Readonly<{
  onNotice(listener: NoticeListener): () => void
  watch(uris: readonly string[]): Promise<void>
  stop(): void
}>

/** Pauses between attempts to listen, in milliseconds; they double. */
export type Pauses = Readonly<{ firstMs: number; mostMs: number; steadyMs: number }>

/** A second, doubling to five minutes; a stream that held a minute starts over. */
export const PAUSES: Pauses = { firstMs: 1_000, mostMs: 300_000, steadyMs: 60_000 }

type Ground = Readonly<{ open: OpenStream; capabilities: Json; pauses: Pauses; now: () => number }>
type Run = { readonly controller: AbortController; readonly settled: PromiseWithResolvers<void> }

const LISTS = ['tools', 'prompts', 'resources'] as const

/** Listens while somebody wants to hear, opens again what broke, and then says once "changed". */
export const listening = (ground: Ground): Listening => {
  let uris: readonly string[] = []
  let runs: readonly Run[] = []
  let isLost = false
  let stopped = false
  const lists = LISTS.filter((name) => memberOf(ground.capabilities, name)['listChanged'] === true)
  const wanted = () => !stopped && board.size() > 0 && (lists.length > 0 || uris.length > 0)
  const board = noticeBoard(() => {
    if (!wanted()) end(runs)
    else if (runs.length === 0) start()
  })
  const end = (ended: readonly Run[]) => {
    runs = runs.filter((run) => !ended.includes(run))
    for (const { controller, settled } of ended) {
      controller.abort()
      settled.resolve()
    }
  }
  const heard = (run: Run) => {
    run.settled.resolve()
    // The stream before it ends only now: between the two no change can get lost.
    end(runs.slice(0, Math.max(0, runs.indexOf(run))))
    if (!isLost) return
    isLost = false
    for (const name of lists) board.tell(`notifications/${name}/list_changed`, NOTHING)
    for (const uri of uris) board.tell('notifications/resources/updated', { uri })
  }
  const attempt = async (run: Run): Promise<boolean> => {
    const ears = { acknowledged: () => heard(run), notice: board.tell }
    try {
      await ground.open(filterOf(lists, uris), ears, run.controller.signal)
    } catch (error) {
      run.settled.reject(error)
      if (error instanceof UpstreamFault && error.code === CODES.method) return false
    }
    run.settled.reject(new LineFailure('away', 'The server ended the stream of changes.'))
    // A run that another one follows is not tried again.
    if (runs.at(-1) !== run) end([run])
    return runs.includes(run)
  }
  const follow = async (run: Run) => {
    let pauseMs = ground.pauses.firstMs
    for (;;) {
      const since = ground.now()
      if (!(await attempt(run))) break
      isLost = true
      if (ground.now() - since >= ground.pauses.steadyMs) pauseMs = ground.pauses.firstMs
      await pause(pauseMs, run.controller.signal)
      pauseMs = Math.min(pauseMs * 2, ground.pauses.mostMs)
      if (!runs.includes(run)) break
    }
  }
  const start = (): Run => {
    const settled = Promise.withResolvers<void>()
    // Who watches hears of it; nobody has to.
    settled.promise.catch(() => {})
    const run = { controller: new AbortController(), settled }
    runs = [...runs, run]
    follow(run).catch(settled.reject)
    return run
  }
  return {
    onNotice: board.add,
    async watch(wished) {
      assert(wished.length <= WATCHED_MAX, `at most ${WATCHED_MAX} resources are watched`)
      uris = [...wished]
      if (wanted()) await start().settled.promise
      else end(runs)
    },
    stop() {
      stopped = true
      end(runs)
      board.stop()
    },
  }
}

const filterOf = (lists: readonly string[], uris: readonly string[]): Json => ({
  ...Object.fromEntries(lists.map((name) => [`${name}ListChanged`, true])),
  ...(uris.length > 0 && { resourceSubscriptions: uris }),
})

/** Waits, or not any longer when a signal says so. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms).unref()
    if (signal.aborted) over()
    else signal.addEventListener('abort', over)
  })
