import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Child } from './child.ts'
import { endingOf } from './ending.ts'
import { familyOf } from './family.ts'
import { lineCutter, tailKeeper } from './lines.ts'
import { doesNotStart, type Plan } from './plan.ts'
import {
  type ProcessTable,
  readProcess,
  readProcessTable,
  type SeenProcess,
} from './process-table.ts'

/** A running program, and what only its launcher does with it. */
export type RunningChild = Child &
  Readonly<{
    /** When it started, as the process table tells it; empty when it has ended already. */
    start: string
    /** Sees who belongs to it, and ends it when they hold too much memory together. */
    look(table: ProcessTable): void
  }>

/** The longest line in either direction. */
const LINE_BYTES_MAX = 4 * 1024 * 1024

const UNSENT_BYTES_MAX = 2 * LINE_BYTES_MAX
const UNSENT_LINES_MAX = 1_024
const ERRORS_BYTES_MAX = 64 * 1024
const BUSY_S = 1

/** Starts what was planned; `failed` hears what goes wrong while nobody waits for it. */
export const runChild = async (
  plan: Plan,
  failed: (error: unknown) => void,
): Promise<RunningChild> => {
  const program = await spawnPlan(plan)
  program.on('error', failed)
  const { pid } = program
  assert(pid !== undefined, 'a program that was spawned has a number')
  const { isWrapped } = plan
  const leader = startOf(pid, failed).then((start) => ({ pid, start }))
  const { see, seen, kill, ended, stop } = endingOf({ program, leader, isWrapped, failed })
  const errors = tailKeeper(ERRORS_BYTES_MAX)
  program.stderr.on('data', errors.take)
  const onLine = linesOf(program, { failed, tooLong: () => kill('line_too_long') })
  const send = senderTo(program, plan.name)
  const known = await leader
  return {
    ...{ pid, start: known.start, send, onLine, ended, stop },
    errors: errors.text,
    rssBytes: async () => rssOf(familyOf(await readProcessTable(), known, seen())),
    look(table) {
      const family = familyOf(table, known, seen())
      see(family)
      if (rssOf(family) > plan.memoryBytesMax) kill('memory')
    },
  }
}

const rssOf = (family: readonly SeenProcess[]): number =>
  family.reduce((sum, { rssBytes }) => sum + rssBytes, 0)

const startOf = async (pid: number, failed: (error: unknown) => void): Promise<string> => {
  const seen = await readProcess(pid).catch(failed)
  return seen?.start ?? ''
}

const spawnPlan = async (plan: Plan): Promise<ChildProcessWithoutNullStreams> => {
  try {
    const program = spawn(plan.command, plan.args, {
      ...{ argv0: plan.argv0, cwd: plan.cwd, env: plan.env, shell: false },
      // A group and a session of its own: signals reach all of it and nobody else.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...plan.account,
    })
    await once(program, 'spawn')
    return program
  } catch (error) {
    throw doesNotStart(plan.name, error)
  }
}

const linesOf = (
  { stdout }: ChildProcessWithoutNullStreams,
  heard: { failed: (error: unknown) => void; tooLong: () => void },
): Child['onLine'] => {
  const listeners = new Set<(line: string) => void>()
  let held: string[] = []
  let heldChars = 0
  const tell = (listener: (line: string) => void, line: string): void => {
    try {
      listener(line)
    } catch (error) {
      // The others and the lines after this one are not to suffer for it.
      heard.failed(error)
    }
  }
  const hold = (line: string): void => {
    held.push(line)
    heldChars += line.length + 1
    if (heldChars > LINE_BYTES_MAX) stdout.pause()
  }
  const line = (text: string): void => {
    if (listeners.size === 0) hold(text)
    else for (const listener of listeners) tell(listener, text)
  }
  stdout.on('data', lineCutter({ bytesMax: LINE_BYTES_MAX, line, tooLong: heard.tooLong }))
  return (listener) => {
    listeners.add(listener)
    const before = held
    held = []
    heldChars = 0
    for (const text of before) tell(listener, text)
    stdout.resume()
    return () => void listeners.delete(listener)
  }
}

const senderTo = ({ stdin }: ChildProcessWithoutNullStreams, name: string): Child['send'] => {
  let unsent = 0
  // Each write hears of its own failure; here it would be thrown at nobody.
  stdin.on('error', () => {})
  return async (line) => {
    assert(!line.includes('\n'), 'a message is one line')
    if (!stdin.writable) throw hasEnded(name)
    const bytes = Buffer.byteLength(line) + 1
    if (bytes > LINE_BYTES_MAX) throw tooLong(name)
    if (stdin.writableLength + bytes > UNSENT_BYTES_MAX || unsent >= UNSENT_LINES_MAX) {
      throw doesNotRead(name)
    }
    unsent += 1
    try {
      await new Promise<void>((resolve, reject) => {
        stdin.write(`${line}\n`, (error) => (error ? reject(hasEnded(name)) : resolve()))
      })
    } finally {
      unsent -= 1
    }
  }
}

const hasEnded = (name: string) => {
  const message = `The program of ${name} has ended; start it again.`
  return refuse('unavailable', 'platform.program_ended', message, { retryAfterS: BUSY_S })
}

const tooLong = (name: string) => {
  const message = `A message to ${name} is longer than 4 MiB; send less.`
  return refuse('invalid', 'platform.message_too_long', message)
}

const doesNotRead = (name: string) => {
  const message = `${name} does not read what it is sent; wait until it has caught up.`
  return refuse('unavailable', 'platform.program_busy', message, { retryAfterS: BUSY_S })
}
