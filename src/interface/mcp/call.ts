import type { Actor } from '../../kernel/actor.ts'
import type { Answer, Hall } from '../../kernel/hall.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { shorten } from '../../kernel/text.ts'
import type { Json } from './protocol.ts'
import { badParams, Fault, REPEAT_KEY, STRUCTURED_KEY } from './protocol.ts'

/** Bytes of text that one result holds at most. */
export const TEXT_BYTES_MAX = 32 * 1024
const FACTS_MAX = 6
const FACT_CHARS_MAX = 200
const REPEAT_KEY_CHARS_MAX = 200

/** Who calls, and what came along with the call. */
export type Caller = Readonly<{
  actor: Actor
  trace: string
  address: string | undefined
  signal: AbortSignal | undefined
}>

/** What a call gave back: text for models, and the output for programs that asked for it. */
export type Outcome = Readonly<{ text: string; isError: boolean; structured?: Json }>

/** What a call asks for in `_meta`. */
export type Wishes = Readonly<{ repeatKey: string | undefined; structured: boolean }>

/** Reads the wishes out of `_meta`; a key that cannot be one is a mistake in the params. */
export const wishesOf = (meta: Json): Wishes => {
  const repeatKey = meta[REPEAT_KEY]
  const structured = meta[STRUCTURED_KEY] === true
  if (repeatKey === undefined) return { repeatKey, structured }
  const isKey = typeof repeatKey === 'string' && /^[\x21-\x7e]+$/.test(repeatKey)
  if (!isKey || repeatKey.length > REPEAT_KEY_CHARS_MAX) {
    throw badParams(`_meta["${REPEAT_KEY}"] has to be 1 to 200 visible ASCII characters.`)
  }
  return { repeatKey, structured }
}

/** Runs an operation as a tool; answers at once where the hall does. */
export const runTool = (
  hall: Hall,
  caller: Caller,
  asked: Readonly<{ operation: AnyOperation; input: Json; wishes: Wishes }>,
): Outcome | Promise<Outcome> => {
  const { operation, input, wishes } = asked
  const { repeatKey: idempotencyKey } = wishes
  const failed = (thrown: unknown) => refusedOutcome(hall, caller.trace, thrown)
  const ran = (answer: Answer) => outcomeOf(answer, wishes)
  try {
    const answer = hall.run(operation, input, { ...caller, door: 'mcp', idempotencyKey })
    return answer instanceof Promise ? answer.then(ran).catch(failed) : ran(answer)
  } catch (thrown) {
    return failed(thrown)
  }
}

const outcomeOf = (answer: Answer, { structured }: Wishes): Outcome => {
  const text = cut(answer.text())
  if (!structured) return { text, isError: false }
  const { output } = answer
  const isObject = typeof output === 'object' && output !== null && !Array.isArray(output)
  return { text, isError: false, structured: isObject ? { ...output } : { value: output } }
}

/** Turns whatever a call threw into text; what the transport has to say is thrown on. */
export const refusedOutcome = (hall: Hall, trace: string, thrown: unknown): Outcome => {
  if (thrown instanceof Fault) throw thrown
  if (thrown instanceof Refusal) {
    if (thrown.kind === 'unauthenticated') throw thrown
    return { text: refusalText(thrown), isError: true }
  }
  return { text: `platform.unexpected: ${bugText(hall, trace, thrown)}`, isError: true }
}

/** Logs a bug and gives the sentence that leaves the house instead of its text. */
export const bugText = (hall: Hall, trace: string, thrown: unknown): string => {
  const error = thrown instanceof Error ? thrown : new Error('Something other than an error.')
  hall.log('error', 'mcp: a call failed unexpectedly', { trace, error: error.stack })
  return `Something went wrong on our side; tell whoever runs this hub the trace.\ntrace: ${trace}`
}

const refusalText = ({ code, message, details }: Refusal): string => {
  const facts = Object.entries(details).filter(isNews).slice(0, FACTS_MAX)
  return [`${code}: ${message}`, ...facts.map(([name, value]) => `${name}: ${fact(value)}`)].join(
    '\n',
  )
}

// A single problem is what the sentence says already, and every token of an answer costs.
const isNews = ([name, value]: readonly [string, unknown]): boolean =>
  name !== 'problems' || (Array.isArray(value) && value.length > 1)

const fact = (value: unknown): string => {
  const isList = Array.isArray(value) && value.every((item) => typeof item !== 'object')
  const text = isList ? value.join(' ') : typeof value === 'string' ? value : JSON.stringify(value)
  return shorten((text ?? '').replaceAll(/\s+/g, ' '), FACT_CHARS_MAX)
}

const CUT_NOTE = '\n(The rest is left out; narrow with limit, fields or a search.)'

/** Cuts a text at a whole character, so that no result is larger than a model can use. */
const cut = (text: string): string => {
  // No character takes more than three bytes per code unit: most texts need no count.
  if (text.length * 3 <= TEXT_BYTES_MAX || Buffer.byteLength(text) <= TEXT_BYTES_MAX) return text
  const bytes = Buffer.from(text).subarray(0, TEXT_BYTES_MAX - CUT_NOTE.length)
  const whole = new TextDecoder().decode(bytes).replace(/\ufffd+$/, '')
  return whole + CUT_NOTE
}
