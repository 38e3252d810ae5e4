import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { CallKey, JsonObject } from '../contract.ts'
import type { CallRecord } from '../domain/call.ts'
import { isObject, type Json } from '../domain/json.ts'
import { toHubUris } from '../domain/resource-name.ts'
import { recordedAnswer } from './call-answer.ts'
import type { HubNeeds } from './hub-ports.ts'
import { CANCELLED_CODE } from './make-call.ts'
import { landed, type Listed, NativeView } from './native-answer.ts'
import { profileFor } from './native-profile.ts'
import { nameOf, ownCall } from './read-result.ts'
import { ProfileName } from './show-profile.ts'

/** Milliseconds for which a call that was taken back is waited for, so that it tells its end. */
const CANCEL_MS = 2_000
/** Milliseconds for which news of a call are waited for. */
const NEWS_MS = 30_000

const STATUSES = ['working', 'input_required', 'completed', 'failed', 'cancelled'] as const

type Needs = HubNeeds & Words

/** Tells how a call stands whose caller went on without it; answers its questions, ends it. */
export const followCall = operation<HubNeeds>()({
  name: 'tools.follow_listed_call',
  about: 'Tell how a call stands that goes on without its caller; answer what it asks, or end it.',
  input: z.strictObject({
    profile: ProfileName,
    key: CallKey,
    act: z.enum(['show', 'wait', 'answer', 'cancel']).default('show'),
    answers: JsonObject.default({}),
  }),
  output: NativeView.extend({
    status: z.enum(STATUSES),
    questions: JsonObject.nullable(),
    createdAt: z.string(),
    changedAt: z.string(),
  }),
  access: 'tool:call',
  effect: 'outside',
  http: null,
  mcp: null,
  say: ({ text }) => text,
  async run({ profile: profileName, key, act, answers }, words) {
    const { raw } = await profileFor(profileName, words)
    const { flights, call } = words
    const first = await ownCall(key, words)
    if (act === 'answer') flights.answer(call, key, answers)
    if (act === 'cancel') await cancel(first, key, words)
    if (act === 'wait') await news(first, key, words)
    const record = act === 'show' ? first : await ownCall(key, words)
    const name = await nameOf(record, words)
    const listed: Listed = { tool: (await words.catalogue()).tools.get(name) ?? null, raw }
    const asked = record.state === 'begun' ? flights.questions(call, key) : null
    const isAsked = asked !== null && Object.keys(asked).length > 0
    const answer = landed(await recordedAnswer(record, { tool: name, part: 1 }, words), listed)
    return {
      ...answer,
      status: isAsked ? 'input_required' : statusOf(record, answer.fault !== null),
      questions: isAsked ? named(asked, listed) : null,
      createdAt: new Date(record.at).toISOString(),
      changedAt: new Date(record.endedAt ?? record.at).toISOString(),
    }
  },
})

const isOpen = ({ state }: CallRecord): boolean => state === 'parked' || state === 'begun'

const statusOf = (record: CallRecord, isFault: boolean): (typeof STATUSES)[number] => {
  if (isOpen(record)) return 'working'
  if (record.code === CANCELLED_CODE) return 'cancelled'
  return isFault ? 'failed' : 'completed'
}

const named = (questions: Json, { tool, raw }: Listed): Json => {
  if (raw || tool === null) return questions
  const renamed = toHubUris(tool.upstream.slug, questions)
  return isObject(renamed) ? renamed : questions
}

/** Waits until something about a call may be new. */
const news = async (record: CallRecord, key: string, words: Needs): Promise<void> => {
  if (!isOpen(record)) return
  const { call, flights, outside } = words
  const over = new AbortController()
  const signal = AbortSignal.any([call.signal, over.signal])
  const asked = flights.news({ ...call, signal }, key, NEWS_MS)
  await Promise.race([
    ...(asked === null ? [] : [asked]),
    outside.ended(record.id, NEWS_MS, signal),
  ])
  over.abort()
}

/** Takes a call back: one that waits for a person, or one that is in the air here. */
const cancel = async (record: CallRecord, key: string, words: Needs): Promise<void> => {
  const { call, parked, waiting, flights, outside } = words
  const waits = record.state === 'parked' ? await parked.of(record.id) : null
  if (waits !== null) return waiting.withdraw(waits, call)
  if (flights.cancel(call, key)) await outside.ended(record.id, CANCEL_MS, call.signal)
}
