import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import type { Answer, Hall } from '../../kernel/hall.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { refusedOutcome } from './call.ts'
import type {
  Native,
  NativeKind,
  NativeLists,
  NativeNames,
  NativeOutcome,
  NativeView,
  Visitor,
} from './ground.ts'
import { unknownProfile } from './place.ts'
import type { Json } from './protocol.ts'
import { badParams } from './protocol.ts'

// Profiles of the hub: tools, prompts and resources of many servers, listed as their servers list
// them. The door knows the operations behind them by name only.

const Objects = z.array(z.record(z.string(), z.unknown()))

const Shown = z.object({
  raw: z.boolean(),
  mark: z.string(),
  offers: z.object({ logging: z.boolean(), completions: z.boolean(), subscribe: z.boolean() }),
  marks: z.record(z.string(), z.array(z.object({ header: z.string(), path: z.array(z.string()) }))),
  lists: z
    .object({ tools: Objects, prompts: Objects, resources: Objects, templates: Objects })
    .nullable(),
})

const Outcome = z.object({
  key: z.string().nullable(),
  state: z.string(),
  result: z.record(z.string(), z.unknown()).nullable(),
  fault: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }).nullable(),
  ref: z.string().nullable(),
  approval: z.string().nullable(),
  url: z.string().nullable(),
  text: z.string(),
})

const Task = Outcome.extend({
  status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
  questions: z.record(z.string(), z.unknown()).nullable(),
  createdAt: z.string(),
  changedAt: z.string(),
})

/** Lists and marks that are at hand. */
const LISTS_MAX = 256
const MARKS_MAX = 4_096

const KINDS: ReadonlyMap<string, NativeKind> = new Map([
  ['tools/call', 'call'],
  ['resources/read', 'read'],
  ['prompts/get', 'prompt'],
  ['completion/complete', 'complete'],
])

/** Makes the door's side of the profiles. */
export const makeNative = (hall: Hall, names: NativeNames): Native => {
  const operation = (name: string): AnyOperation => {
    const found = hall.operations.find((one) => one.name === name)
    assert(found, `the house has the operation ${name}`)
    return found
  }
  const own = {
    show: operation(names.show),
    call: operation(names.call),
    read: operation(names.read),
    prompt: operation(names.prompt),
    complete: operation(names.complete),
    watch: operation(names.watch),
    follow: operation(names.follow),
  }
  const lists = new LRUCache<string, NativeLists>({ max: LISTS_MAX })
  const marks = new LRUCache<string, string>({ max: MARKS_MAX })
  const show = async (visitor: Visitor, known: string | undefined) => {
    const { actor, trace, address, place } = visitor
    const input = { name: place.hub, ...(known !== undefined && { known }) }
    try {
      const answer = await hall.run(own.show, input, { actor, trace, address, door: 'mcp' })
      return Shown.parse(answer.output)
    } catch (thrown) {
      const isGone = thrown instanceof Refusal && thrown.kind === 'not_found'
      throw isGone ? unknownProfile(visitor.place.profile) : thrown
    }
  }
  const view = async (visitor: Visitor): Promise<NativeView> => {
    const { actor, place } = visitor
    const { profile } = place
    const who = `${actor.orgId} ${actor.id} ${actor.credentialId ?? ''} ${profile}`
    const listKey = (mark: string) => `${actor.orgId} ${profile} ${mark}`
    const shown = await show(visitor, marks.get(who))
    const keep = ({ mark, lists: own }: z.output<typeof Shown>) => {
      marks.set(who, mark)
      if (own !== null) lists.set(listKey(mark), own)
      return own
    }
    keep(shown)
    return {
      ...shown,
      name: profile,
      async lists() {
        const known = shown.lists ?? lists.get(listKey(shown.mark))
        if (known !== undefined) return known
        const fresh = keep(await show(visitor, undefined))
        assert(fresh, 'lists come where none are at hand')
        return fresh
      },
    }
  }
  return {
    view,
    async run(visitor, { kind, input, client, signal, repeatKey }) {
      const { actor, trace, address, place } = visitor
      const asked = { actor, trace, address, signal, client, door: 'mcp' as const }
      try {
        const given = { profile: place.hub, ...input }
        const more = { ...asked, idempotencyKey: repeatKey }
        return outcomeOf(await hall.run(own[kind], given, more))
      } catch (thrown) {
        return refused(hall, { visitor, kind, input }, thrown)
      }
    },
    async watch({ actor, trace, address, place }, { uris, signal, heard }) {
      const client = { capabilities: {}, heard }
      const asked = { actor, trace, address, signal, client, door: 'mcp' as const }
      await hall.run(own.watch, { name: place.hub, uris }, asked)
    },
    async follow({ actor, trace, address, place }, { key, act, answers, signal }) {
      const input = { profile: place.hub, key, act, ...(answers && { answers }) }
      const asked = { actor, trace, address, signal, door: 'mcp' as const }
      const { output } = await hall.run(own.follow, input, asked)
      return { ...Task.parse(output), wants: null }
    },
    accessOf(method) {
      const kind = KINDS.get(method)
      return (kind === undefined ? own.show : own[kind]).access
    },
  }
}

const outcomeOf = ({ output }: Answer): NativeOutcome => ({
  ...Outcome.parse(output),
  wants: null,
})

type Refused = Readonly<{ visitor: Visitor; kind: NativeKind; input: Json }>

/** Turns a refusal of a tool into its result; what is wrong with a request stays an error. */
const refused = (hall: Hall, { visitor, kind, input }: Refused, thrown: unknown): NativeOutcome => {
  if (thrown instanceof Refusal && thrown.kind === 'not_found') {
    if (kind === 'read') throw badParams('There is no such resource.', { uri: input['uri'] })
    if (thrown.code.includes('.unknown_')) throw badParams(thrown.message)
  }
  if (kind !== 'call') throw thrown
  const { text } = refusedOutcome(hall, visitor.trace, thrown)
  const result = { content: [{ type: 'text', text }], isError: true }
  const none = { key: null, fault: null, ref: null, approval: null, url: null }
  return { ...none, state: 'refused', result, text, wants: wantsOf(thrown) }
}

/** Finds where somebody has to go before this can be done: to connect an account. */
const wantsOf = (thrown: unknown): NativeOutcome['wants'] => {
  if (!(thrown instanceof Refusal) || !thrown.code.endsWith('.needs_connect')) return null
  const { url } = thrown.details
  return typeof url === 'string' ? { url, message: thrown.message } : null
}
