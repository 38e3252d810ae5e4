import { z } from 'zod'
import { isRecord } from '../../src/interface/http/input.ts'
import type { Case } from './fuzz-cases.ts'
import type { Heard } from './wire.ts'

const Problem = z.looseObject({
  type: z.string().startsWith('/problems/'),
  title: z.string().min(3),
  status: z.int(),
  code: z.string().regex(/^[a-z]+(\.[a-z_0-9]+)+$/),
  trace: z.string(),
})

const RpcError = z.looseObject({
  jsonrpc: z.literal('2.0'),
  error: z.looseObject({ code: z.int(), message: z.string().min(3) }),
})
const RpcResult = z.looseObject({ jsonrpc: z.literal('2.0'), result: z.looseObject({}) })

const INTERNAL = -32603

/** Says what is wrong with an answer; `null` where nothing is. */
export const judge = (one: Case, heard: Heard, secrets: readonly string[]): string | null => {
  const { status, text, headers } = heard
  if (status >= 500 && status !== 503) return `status ${status}`
  if (status === 503 && headers['retry-after'] === undefined) return '503 without Retry-After'
  if (text.includes('platform.unexpected')) return 'a bug of ours in the answer'
  if (/\bat (?:async )?[\w.<> ]*\(?(?:file|node):/.test(text)) return 'a stack in the answer'
  const told = `${text} ${JSON.stringify(headers)}`
  if (secrets.some((secret) => told.includes(secret))) return 'a secret in the answer'
  if (one.wished.method === 'HEAD') return null
  return one.door === 'http' ? judgeHttp(one, heard) : judgeMcp(heard)
}

const judgeHttp = ({ operation, isPlain }: Case, { status, headers, text }: Heard) => {
  const type = headers['content-type'] ?? ''
  if (status >= 400) {
    if (!type.startsWith('application/problem+json')) return `a refusal as "${type}"`
    const { data, error } = Problem.safeParse(parsed(text))
    if (error) return `a refusal without form: ${error.issues[0]?.path.join('.')}`
    return data.status === status ? null : `a refusal of status ${data.status} sent as ${status}`
  }
  if (isPlain !== true || status !== 200 || operation === null || operation.streamed) return null
  return fitsOutput(operation, parsed(text))
}

const fitsOutput = ({ output, name }: NonNullable<Case['operation']>, value: unknown) => {
  const { error } = output.safeParse(value)
  const issue = error?.issues[0]
  return issue
    ? `an answer of ${name} that is none: ${issue.path.join('.')} ${issue.message}`
    : null
}

const judgeMcp = ({ status, headers, text }: Heard): string | null => {
  if (status === 202 || status === 204 || text === '') return null
  const type = headers['content-type'] ?? ''
  if (type.startsWith('text/event-stream')) return null
  if (!type.startsWith('application/json') && !type.startsWith('application/problem+json')) {
    return `an answer as "${type}"`
  }
  const body = parsed(text)
  if (RpcResult.safeParse(body).success) return null
  const { data, error } = RpcError.safeParse(body)
  if (error)
    return status >= 400 && isRecord(body) && 'code' in body ? null : 'no message of the protocol'
  return data.error.code === INTERNAL ? `an internal error: ${data.error.message}` : null
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
