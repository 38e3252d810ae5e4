import type {
  GetPromptResult,
  InputRequiredResult,
  ServerContext,
} from '@modelcontextprotocol/server'
import { inputRequired, ProtocolError } from '@modelcontextprotocol/server'
import { PNG } from './conformance-tools.ts'

// The prompts and resources that the official suite asks for.

type Args = Readonly<Record<string, string>>
type Prompt = Readonly<{
  description: string
  arguments?: readonly string[]
  get(args: Args, context: ServerContext): GetPromptResult | InputRequiredResult
}>

const says = (text: string) => ({ role: 'user' as const, content: { type: 'text' as const, text } })

/** The prompts by their names. */
export const SUITE_PROMPTS: Readonly<Record<string, Prompt>> = {
  test_simple_prompt: {
    description: 'A simple prompt.',
    get: () => ({ messages: [says('This is a simple prompt for testing.')] }),
  },
  test_prompt_with_arguments: {
    description: 'A prompt with two arguments.',
    arguments: ['arg1', 'arg2'],
    get: ({ arg1, arg2 }) => ({
      messages: [says(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    }),
  },
  test_prompt_with_embedded_resource: {
    description: 'A prompt that holds a resource.',
    arguments: ['resourceUri'],
    get: ({ resourceUri = '' }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        says('Please process the embedded resource above.'),
      ],
    }),
  },
  test_prompt_with_image: {
    description: 'A prompt that holds a picture.',
    get: () => ({
      messages: [
        { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
        says('Please analyze the image above.'),
      ],
    }),
  },
  test_input_required_result_prompt: {
    description: 'A prompt that asks first.',
    get(_args, { mcpReq }) {
      const given = mcpReq.inputResponses?.['user_context']
      if (given !== undefined) return { messages: [says(JSON.stringify(given))] }
      return inputRequired({
        inputRequests: {
          user_context: inputRequired.elicit({
            message: 'What context should the prompt use?',
            requestedSchema: {
              type: 'object',
              properties: { context: { type: 'string' } },
              required: ['context'],
            },
          }),
        },
      })
    },
  },
  test_dynamic_prompt: {
    description: 'A prompt that comes and goes.',
    get: () => ({ messages: [says('Here I am.')] }),
  },
}

/** The prompts as the server lists them; one of them comes and goes. */
export const listSuitePrompts = (hasDynamic: boolean) =>
  Object.entries(SUITE_PROMPTS)
    .filter(([name]) => hasDynamic || name !== 'test_dynamic_prompt')
    .map(([name, { description, arguments: names = [] }]) => ({
      name,
      description,
      arguments: names.map((one) => ({ name: one, description: one, required: true })),
    }))

/** The resources as the server lists them. */
export const SUITE_RESOURCES = ['static-text', 'static-binary', 'watched-resource'].map((name) => ({
  uri: `test://${name}`,
  name,
  description: `A resource of the suite: ${name}.`,
  mimeType: name === 'static-binary' ? 'image/png' : 'text/plain',
}))

/** The templates as the server lists them. */
export const SUITE_TEMPLATES = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'template',
    description: 'A resource for every id.',
    mimeType: 'application/json',
  },
]

/** Reads a resource. */
export const readSuiteResource = (uri: string) => {
  const text = 'This is the content of the static text resource.'
  if (uri === 'test://static-text' || uri === 'test://watched-resource') {
    return { contents: [{ uri, mimeType: 'text/plain', text }] }
  }
  if (uri === 'test://static-binary') {
    return { contents: [{ uri, mimeType: 'image/png', blob: PNG }] }
  }
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  if (id === undefined) throw new ProtocolError(-32_602, 'Resource not found', { uri })
  const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
  return { contents: [{ uri, mimeType: 'application/json', text: data }] }
}
