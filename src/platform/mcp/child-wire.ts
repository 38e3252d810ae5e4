import type { Child, ChildEnd } from '../child/child.ts'
import { LineFailure } from './line.ts'
import { readJson } from './read-json.ts'
import type { Wire } from './wire.ts'

/** Makes the wire to a program: one message per line, both ways. */
export const childWire = (child: Child): Wire => {
  let stopHearing = () => {}
  return {
    answersWhileSending: false,
    hear(ears) {
      stopHearing = child.onLine((line) => {
        const value = valueOf(line)
        if (value !== undefined) ears.message(value, null)
      })
      child.ended.then(
        (end) => ears.over(crashOf(end)),
        (error: unknown) => ears.over(away(error)),
      )
    },
    async send(message, { wait }) {
      wait.sending()
      try {
        await wait.until(child.send(JSON.stringify(message)))
      } catch (error) {
        if (error === wait.signal.reason) throw error
        throw away(error)
      }
    },
    settled() {},
    attend() {},
    async close() {
      stopHearing()
      await child.stop()
    },
  }
}

const crashOf = ({ why, code, signal }: ChildEnd): LineFailure => {
  const how = signal ?? (code === null ? '' : `code ${code}`)
  const message = `The program ended: ${why} ${how}`.trim()
  return new LineFailure(why === 'line_too_long' ? 'too_large' : 'crashed', message)
}

const away = (cause: unknown): LineFailure =>
  new LineFailure('crashed', 'The program takes no more input.', { cause })

// Many programs write words of their own among the messages; those are none of ours.
const valueOf = (line: string): unknown => {
  try {
    return readJson(line)
  } catch (error) {
    if (error instanceof LineFailure) return undefined
    throw error
  }
}
