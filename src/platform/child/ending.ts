import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { pause } from '../postgres/processes.ts'
import type { ChildEnd } from './child.ts'
import { askInmatesToEnd, askToEnd, familyOf, killFamily, type Leader } from './family.ts'
import { readProcessTable, type SeenProcess } from './process-table.ts'

/** How one program comes to its end, by itself or by us. */
export type Ending = Readonly<{
  ended: Promise<ChildEnd>
  stop(): Promise<void>
  /** Ends it at once, because it has broken a limit. */
  kill(why: ChildEnd['why']): void
  /** Lists who belonged to it at the last look. */
  seen(): readonly SeenProcess[]
  see(family: readonly SeenProcess[]): void
}>

/** How long a program has after the end of its input. */
const INPUT_END_MS = 2_000
/** How long a program has after SIGTERM. */
export const TERM_MS = 3_000

const KILL_MS = 5_000
const DRAIN_MS = 1_000

/** Watches over the end of a program that was just spawned. */
export const endingOf = (options: {
  program: ChildProcessWithoutNullStreams
  leader: Promise<Leader>
  isWrapped: boolean
  failed: (error: unknown) => void
}): Ending => {
  const { program, leader, failed } = options
  const gone = whenHeard(program, 'exit')
  const closed = whenHeard(program, 'close')
  let why: ChildEnd['why'] = 'exited'
  let seen: readonly SeenProcess[] = []
  let stopping: Promise<void> | undefined

  const remember = async (): Promise<void> => {
    seen = familyOf(await readProcessTable(), await leader, seen)
  }
  const killNow = async (): Promise<void> => {
    // By its handle, which can never be somebody else's; the family follows when it has gone.
    program.kill('SIGKILL')
    await pause(KILL_MS, gone.signal)
    if (gone.signal.aborted) return
    failed(new Error(`Program ${program.pid} could not be killed.`))
    gone.abort()
  }
  const stopGently = async (): Promise<void> => {
    // Who has left the group is known by its parent, and that only while the parent lives.
    await remember().catch(failed)
    program.stdin.end()
    await pause(INPUT_END_MS, gone.signal)
    if (gone.signal.aborted) return
    await remember().catch(failed)
    if (options.isWrapped) askInmatesToEnd(await leader, seen)
    else askToEnd(await leader)
    await pause(TERM_MS, gone.signal)
    await killNow()
  }
  const finish = async (): Promise<ChildEnd> => {
    const isGone = await killFamily(await leader, seen).catch(failed)
    if (isGone === false) failed(new Error(`Not all of program ${program.pid} could be killed.`))
    await pause(DRAIN_MS, closed.signal)
    for (const stream of program.stdio) stream?.destroy()
    return { why, code: program.exitCode, signal: program.signalCode }
  }
  const ended = once(gone.signal, 'abort').then(finish)
  const mark = (reason: ChildEnd['why']): void => {
    if (why === 'exited' && !gone.signal.aborted) why = reason
  }
  return {
    ended,
    async stop() {
      mark('stopped')
      stopping ??= stopGently()
      await stopping
      await ended
    },
    kill(reason) {
      mark(reason)
      killNow().catch(failed)
    },
    seen: () => seen,
    see(family) {
      seen = family
    },
  }
}

const whenHeard = (
  program: ChildProcessWithoutNullStreams,
  event: 'exit' | 'close',
): AbortController => {
  const heard = new AbortController()
  program.once(event, () => heard.abort())
  return heard
}
