import { z } from 'zod'
import { CallKey, JsonObject } from '../contract.ts'
import { CALL_STATES } from '../domain/call.ts'
import { isList, isObject } from '../domain/json.ts'
import { RESULT_TEXT_BYTES_MAX, textBytes } from '../domain/result-cut.ts'
import { toHubUris } from '../domain/resource-name.ts'
import { type CallAnswer, FAULT_KEY } from './call-answer.ts'
import type { HubTool } from './catalogue.ts'
import type { Landing } from './hub-ports.ts'
import type { Json } from './hub-records.ts'

/** What came of a request in the words of the protocol, for clients that list natively. */
export const NativeView = z.object({
  /** The call's key, where there is one yet. */
  key: CallKey.nullable(),
  state: z.enum([...CALL_STATES, 'input_required']),
  /** The result as the server gave it, under the names of the profile. */
  result: JsonObject.nullable(),
  /** The error of the protocol that the server answered. */
  fault: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }).nullable(),
  /** Names the call in the air that waits for answers to the questions in `result`. */
  ref: z.string().nullable(),
  /** The approval it waits for, and where somebody can decide. */
  approval: z.string().nullable(),
  url: z.string().nullable(),
  /** The answer in one text. */
  text: z.string(),
})

/** What came of a request, natively. */
export type NativeAnswer = z.output<typeof NativeView>

/** A tool, and whether its profile has the server's own names. */
export type Listed = Readonly<{ tool: HubTool | null; raw: boolean }>

const Fault = z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() })

const NONE = { key: null, fault: null, ref: null, approval: null, url: null } as const

/** Answers a request natively: what came back, or the questions that it waits for. */
export const nativeAnswer = (landing: Landing, listed: Listed): NativeAnswer => {
  switch (landing.kind) {
    case 'asks':
      return asking(landing, listed)
    case 'alone': {
      const { key } = landing
      return { ...NONE, key, state: 'begun', result: null, text: `${key} is under way.` }
    }
    default:
      return landed(landing.value, listed)
  }
}

const asking = (
  { ref, questions }: Extract<Landing, { kind: 'asks' }>,
  listed: Listed,
): NativeAnswer => {
  const result = { resultType: 'input_required', inputRequests: questions }
  return {
    ...{ ...NONE, ref, state: 'input_required', result: renamed(result, listed) },
    text: 'The server asks something.',
  }
}

/** Answers a call that is over, natively. */
export const landed = (answer: CallAnswer, listed: Listed): NativeAnswer => {
  const { key, state, approval, url, text } = answer
  const known = { ...NONE, key, state, approval, url, text }
  if (answer.result === null) return { ...known, result: textResult(answer, listed) }
  const meta = answer.result['_meta']
  const fault = Fault.safeParse(isObject(meta) ? meta[FAULT_KEY] : undefined)
  if (fault.success) return { ...known, result: null, fault: fault.data }
  return { ...known, result: renamed(bounded(answer, listed), listed) }
}

/** Where only a text is left: what waits, what was not kept, what is read on. */
const textResult = ({ text, isError, state }: CallAnswer, { tool }: Listed): Json => {
  // A tool that promises data breaks its word with a text alone, unless it says that it failed.
  const isBroken = state !== 'done' || tool?.definition.body['outputSchema'] !== undefined
  const said = { content: [{ type: 'text', text }] }
  return isError || (isBroken && tool !== null) ? { ...said, isError: true } : said
}

/** Cuts what is too long for one answer, as everywhere; what is no text stays whole. */
const bounded = ({ result, text, parts }: CallAnswer, { tool }: Listed): Json => {
  const { content, structuredContent, ...rest } = result ?? {}
  if (parts === 1 || !isList(content)) return result ?? {}
  const others = content.filter((one) => !isObject(one) || typeof one['text'] !== 'string')
  const promises = tool?.definition.body['outputSchema'] !== undefined
  const isSmall = textBytes(JSON.stringify(structuredContent ?? null)) <= RESULT_TEXT_BYTES_MAX
  const keeps = structuredContent !== undefined && (promises || isSmall)
  return {
    ...rest,
    content: [{ type: 'text', text }, ...others],
    ...(keeps && { structuredContent }),
  }
}

const renamed = (result: Json, { tool, raw }: Listed): Json => {
  if (raw || tool === null) return result
  const named = toHubUris(tool.upstream.slug, result)
  return isObject(named) ? named : result
}
