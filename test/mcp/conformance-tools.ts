import type {
  CallToolResult,
  InputRequests,
  InputRequiredResult,
  RequestStateCodec,
  ServerContext,
} from '@modelcontextprotocol/server'
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
} from '@modelcontextprotocol/server'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { said } from './fixture-words.ts'

// The tools that the official suite calls: what each does stands in the suite's scenarios.

/** A picture of one red point. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA='
const STEP_MS = 50

/** What a tool works with. */
export type Turn = Readonly<{
  context: ServerContext
  args: Readonly<Record<string, unknown>>
  codec: RequestStateCodec
  /** Takes a tool off the list, or puts it back; and the same for a prompt. */
  toggle(kind: 'tool' | 'prompt'): void
}>
/** What a tool does. */
export type Tool = (turn: Turn) => Promise<CallToolResult | InputRequiredResult>

/** Makes the question for a form. */
export const form = (message: string, properties: object, required: readonly string[] = []) =>
  inputRequired.elicit({
    message,
    // The suite's forms go beyond the types of the library.
    requestedSchema: Form.parse({ type: 'object', properties, required: [...required] }),
  })
const Form = z.custom<Parameters<typeof inputRequired.elicit>[0]['requestedSchema']>()
const text = (name: string) => ({ [name]: { type: 'string' } })
const sampling = (prompt: string, maxTokens = 100) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens,
  })

/** Asks for everything that has no answer yet; null when all is answered. */
export const asking = async (
  { context, codec }: Turn,
  inputRequests: InputRequests,
  state?: unknown,
): Promise<InputRequiredResult | null> => {
  const { inputResponses = {} } = context.mcpReq
  if (Object.keys(inputRequests).every((name) => isAnswer(inputResponses[name]))) return null
  const requestState = state === undefined ? undefined : await codec.mint(state)
  return inputRequired({ inputRequests, ...(requestState !== undefined && { requestState }) })
}
const isAnswer = (value: unknown) => typeof value === 'object' && value !== null

const Declared = z.object({
  elicitation: z.looseObject({}).optional(),
  sampling: z.looseObject({}).optional(),
})
const declaredBy = ({ mcpReq }: ServerContext) =>
  Declared.parse(
    new Map(Object.entries(mcpReq.envelope ?? {})).get(CLIENT_CAPABILITIES_META_KEY) ?? {},
  )
const Named = z.object({ name: z.string() })
const answersOf = ({ context }: Turn) => JSON.stringify(context.mcpReq.inputResponses)

const elicited = async (turn: Turn, request: InputRequests[string], word: string) => {
  const open = await asking(turn, { answer: request })
  if (open !== null) return open
  const view = inputResponse(turn.context.mcpReq.inputResponses, 'answer')
  if (view.kind !== 'elicit') return said(`${word}: ${view.kind}`)
  const content = view.action === 'accept' ? JSON.stringify(view.content) : '{}'
  return said(`${word}: action=${view.action}, content=${content}`)
}

const PLAIN: Readonly<Record<string, Tool>> = {
  test_simple_text: async () => said('This is a simple text response for testing.'),
  test_image_content: async () => ({
    content: [{ type: 'image', data: PNG, mimeType: 'image/png' }],
  }),
  test_audio_content: async () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  }),
  test_embedded_resource: async () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }),
  test_multiple_content_types: async () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }),
  test_error_handling: async () => ({
    ...said('This tool intentionally returns an error for testing'),
    isError: true,
  }),
  async test_tool_with_logging({ context }) {
    const words = ['Tool execution started', 'Tool processing data', 'Tool execution completed']
    for (const word of words) {
      await context.mcpReq.log('info', word)
      await pause(STEP_MS)
    }
    return said('logged')
  },
  async test_logging_tool({ context }) {
    await context.mcpReq.log('info', 'Only for those who asked.')
    return said('logged')
  },
  async test_tool_with_progress({ context }) {
    const { _meta: meta } = context.mcpReq
    for (const progress of [0, 50, 100]) {
      const progressToken = meta?.progressToken
      if (progressToken !== undefined) {
        const params = { progressToken, progress, total: 100 }
        await context.mcpReq.notify({ method: 'notifications/progress', params })
      }
      await pause(STEP_MS)
    }
    return said('done')
  },
  async test_missing_capability({ context }) {
    if (declaredBy(context).sampling !== undefined) return said('declared')
    throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } })
  },
  async test_trigger_tool_change({ toggle }) {
    toggle('tool')
    return said('changed')
  },
  async test_trigger_prompt_change({ toggle }) {
    toggle('prompt')
    return said('changed')
  },
  test_dynamic_tool: async () => said('I come and go.'),
  test_custom_header: async ({ args }) => said(JSON.stringify(args)),
  json_schema_2020_12_tool: async ({ args }) => said(JSON.stringify(args)),
}

const CHOICES = ['option1', 'option2', 'option3']
const titled = (first: string) => [
  { const: 'value1', title: first },
  { const: 'value2', title: 'Second' },
  { const: 'value3', title: 'Third' },
]
const USER = { ...text('username'), ...text('email') }
const DEFAULTS = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
}
const ENUMS = {
  untitledSingle: { type: 'string', enum: CHOICES },
  titledSingle: { type: 'string', oneOf: titled('First Option') },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: CHOICES } },
  titledMulti: { type: 'array', items: { anyOf: titled('First Choice') } },
}

const QUESTIONS: Readonly<Record<string, Tool>> = {
  test_elicitation: (turn) =>
    elicited(
      turn,
      form(String(turn.args['message']), USER, ['username', 'email']),
      'User response',
    ),
  test_elicitation_sep1034_defaults: (turn) =>
    elicited(turn, form('Check the defaults.', DEFAULTS), 'Elicitation completed'),
  test_elicitation_sep1330_enums: (turn) =>
    elicited(turn, form('Choose.', ENUMS), 'Elicitation completed'),
  test_streaming_elicitation: (turn) =>
    elicited(turn, form('Who are you?', text('name')), 'Elicitation completed'),
  async test_sampling(turn) {
    const open = await asking(turn, { answer: sampling(String(turn.args['prompt'])) })
    return open ?? said(`LLM response: ${answersOf(turn)}`)
  },
  async test_input_required_result_elicitation(turn) {
    const open = await asking(turn, {
      user_name: form('What is your name?', text('name'), ['name']),
    })
    if (open !== null) return open
    const { inputResponses } = turn.context.mcpReq
    const given = acceptedContent(inputResponses, 'user_name', Named)
    return said(`Hello, ${given?.name ?? 'stranger'}!`)
  },
  async test_input_required_result_sampling(turn) {
    const question = sampling('What is the capital of France?')
    return (await asking(turn, { capital_question: question })) ?? said(answersOf(turn))
  },
  async test_input_required_result_list_roots(turn) {
    const client_roots = inputRequired.listRoots()
    return (await asking(turn, { client_roots })) ?? said(answersOf(turn))
  },
  async test_input_required_result_request_state(turn) {
    const confirm = form('Please confirm', { ok: { type: 'boolean' } }, ['ok'])
    return (await asking(turn, { confirm }, 'confirming')) ?? said('state-ok')
  },
  async test_input_required_result_tampered_state(turn) {
    const confirm = form('Please confirm', { ok: { type: 'boolean' } }, ['ok'])
    return (await asking(turn, { confirm }, 'confirming')) ?? said('state-ok')
  },
  async test_input_required_result_multiple_inputs(turn) {
    const all = {
      user_name: form('What is your name?', text('name'), ['name']),
      greeting: sampling('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    }
    return (await asking(turn, all, 'all')) ?? said(answersOf(turn))
  },
  async test_input_required_result_multi_round(turn) {
    const state = turn.context.mcpReq.requestState()
    if (state === undefined) {
      const step1 = form('Step 1: What is your name?', text('name'), ['name'])
      return (await asking(turn, { step1 }, 'step 1')) ?? said('too early')
    }
    const step2 = form('Step 2: What is your favorite color?', text('color'), ['color'])
    return (await asking(turn, { step2 }, 'step 2')) ?? said('Both steps are done.')
  },
  async test_input_required_result_capabilities(turn) {
    const declared = declaredBy(turn.context)
    const all = {
      ...(declared.elicitation && { ask: form('Who?', text('name')) }),
      ...(declared.sampling && { sample: sampling('Say something.') }),
    }
    return (await asking(turn, all)) ?? said('all answered')
  },
}

/** Every tool by its name. */
export const SUITE_TOOLS: Readonly<Record<string, Tool>> = { ...PLAIN, ...QUESTIONS }
