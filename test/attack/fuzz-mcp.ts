import type { AnyOperation } from '../../src/kernel/operation.ts'
import { modern } from '../mcp-door.ts'
import { type Input, toolCall } from './crawl-doors.ts'
import { calmed, type Case, fuzzedInput, type Making, mutated } from './fuzz-cases.ts'
import { spoiled } from './fuzz-spoils.ts'
import { type Chance, hostileText, hostileValue } from './fuzz-chance.ts'

// `subscriptions/listen` and the GET of a session stay open by design; they are no business of a
// suite that waits for ends.

const METHODS = [
  'ping',
  'initialize',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'resources/subscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'server/discover',
  'logging/setLevel',
  'tasks/get',
  'notifications/initialized',
  'notifications/cancelled',
  '__proto__',
  'toString',
  '',
  'tools/call/',
  'rpc.discover',
] as const

const VERSIONS = [
  '2026-07-28',
  '2025-11-25',
  '2024-11-05',
  '1999-01-01',
  '',
  'x',
  '9999-99-99',
] as const
const PATHS = [
  '/agent/mcp',
  '/agent/mcp/p/lean',
  '/agent/mcp/p/none',
  '/agent/mcp?tools=task_get',
  '/agent/mcp?profile=__proto__',
  '/agent/mcp/x',
  '/agent/mcp?tools=,,,',
] as const

type Message = Record<string, unknown>

const paramsFor = ({ chance }: Making, method: string): Record<string, unknown> => {
  const uri = chance.pick([
    'guildhall://task/GH-1',
    'guildhall://task/%00',
    'guildhall://context/global',
    'guildhall://context/..%2f..',
    'file:///etc/passwd',
    'guildhall://task/',
    `guildhall://board/${'A'.repeat(3_000)}`,
  ])
  const wanted: Readonly<Record<string, Record<string, unknown>>> = {
    'resources/read': { uri },
    'resources/subscribe': { uri },
    'prompts/get': {
      name: hostileText(chance).slice(0, 80),
      arguments: { task: hostileText(chance) },
    },
    'completion/complete': {
      ref: { type: chance.pick(['ref/prompt', 'ref/resource', 'x']), name: 'x', uri },
      argument: {
        name: chance.pick(['project', 'task', 'at', '__proto__']),
        value: hostileText(chance),
      },
    },
    initialize: {
      protocolVersion: chance.pick(VERSIONS),
      capabilities: hostileValue(chance, 3),
      clientInfo: chance.pick<unknown>([{ name: 'x', version: '1' }, null, 'x', { name: 7 }]),
    },
  }
  return chance.maybe(0.7)
    ? (wanted[method] ?? {})
    : { [hostileText(chance).slice(0, 20)]: hostileValue(chance, 2) }
}

/** Spoils the envelope of a message. */
const oddEnvelope = (chance: Chance, message: Message): Message => {
  const changes: readonly [Message, ...Message[]] = [
    { jsonrpc: '1.0' },
    { jsonrpc: 2 },
    { id: null },
    { id: { a: 1 } },
    { id: 1.5 },
    { id: 2 ** 60 },
    { id: 'x'.repeat(5_000) },
    { id: [] },
    { method: 7 },
    { method: null },
    { params: [] },
    { params: 'x' },
    { params: null },
    { result: {} },
    { error: { code: 'x' } },
    { extra: hostileValue(chance, 2) },
    { params: { _meta: hostileValue(chance, 3) } },
    { params: { _meta: { 'io.modelcontextprotocol/protocolVersion': chance.pick(VERSIONS) } } },
  ]
  return { ...message, ...chance.pick(changes) }
}

const oddHeaders = (chance: Chance): Record<string, string> =>
  chance.pick<Record<string, string>>([
    { 'mcp-protocol-version': chance.pick(VERSIONS) },
    { 'mcp-method': 'tools/list' },
    { 'mcp-name': '=?base64?!!?=' },
    {
      'mcp-name': hostileText(chance)
        .replaceAll(/[^ -~]/g, '?')
        .slice(0, 100),
    },
    { 'mcp-session-id': 'gs1.AAAA' },
    { 'mcp-session-id': 'x'.repeat(5_000) },
    { 'mcp-param-op': 'x' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-encoding': 'gzip' },
    { accept: 'text/html' },
    { origin: 'https://evil.example' },
    { host: 'evil.example' },
    { authorization: 'Bearer x' },
    { traceparent: 'x' },
  ])

const callOf = (making: Making, tools: readonly AnyOperation[]) => {
  const { chance } = making
  const operation = chance.some(tools)
  if (operation === undefined) return null
  const fuzzed = fuzzedInput(making, operation)
  const input: Input = chance.maybe(0.4) ? calmed(operation, mutated(chance, fuzzed)) : fuzzed
  const call = toolCall(operation, input)
  if (chance.maybe(0.9)) return { operation, call }
  const name = chance.maybe(0.5) ? hostileText(chance).slice(0, 200) : call.name
  const given = chance.maybe(0.5) ? hostileValue(chance, 3) : { ...call.arguments, op: 'x' }
  return { operation: null, call: { name, arguments: given } }
}

/** Makes one case for the agent door. */
export const mcpCase = (making: Making): Case | null => {
  const { chance, key, operations } = making
  const tools = operations.filter(({ mcp }) => mcp !== null)
  const asked = chance.maybe(0.7) ? callOf(making, tools) : null
  const method = asked === null ? chance.pick(METHODS) : 'tools/call'
  const params = asked === null ? paramsFor(making, method) : asked.call
  const structured = { 'guildhall/structured': true }
  const extra = chance.maybe(0.2) ? { 'guildhall/key': hostileText(chance).slice(0, 250) } : {}
  const sent = modern(method, params, { meta: { ...structured, ...extra } })
  const plain = String(sent.body)
  const spoil = chance.maybe(0.35)
  const isText = spoil && chance.maybe(0.5)
  const message = JSON.stringify(
    spoil && !isText ? oddEnvelope(chance, JSON.parse(plain)) : JSON.parse(plain),
  )
  const named = Object.entries(sent.headers ?? {}).map(([name, value]) => [
    name,
    /^[ -~]*$/.test(value) ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`,
  ])
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    ...(chance.maybe(0.9) && Object.fromEntries(named)),
    ...(chance.maybe(0.2) && oddHeaders(chance)),
  }
  const body = isText ? spoiled(chance, message) : message
  const isBatch = chance.maybe(0.02)
  return {
    door: 'mcp',
    operation: asked?.operation ?? null,
    how: `${method}${spoil ? ', spoiled' : ''}${isBatch ? ', a batch' : ''}`,
    wished: {
      method: chance.maybe(0.97) ? 'POST' : chance.pick(['PUT', 'DELETE', 'OPTIONS', 'PATCH']),
      path: chance.maybe(0.9) ? '/agent/mcp' : chance.pick(PATHS),
      headers,
      body: isBatch ? `[${message},${message}]` : body,
    },
  }
}
