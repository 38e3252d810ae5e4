import type { JsonSchema } from './input.ts'
import { fieldsOf, inputSchema, isRecord, outputSchema } from './input.ts'
import type { OperationRoute } from './route-table.ts'

/** A JSON object under construction. */
export type Json = { [member: string]: unknown }

/** One operation of the document, as far as the reference page reads it. */
export type PathItem = Readonly<{
  operationId: string
  tags: readonly string[]
  summary: string
  'x-permission': string | null
  /** A browser session has to be fresh: signed in within the last ten minutes. */
  'x-fresh'?: true
  /** Empty where nobody has to be signed in. */
  security?: readonly Json[]
  parameters: readonly Json[]
  requestBody?: Json
  responses: Json
}>

/** The document: OpenAPI 3.1. */
export type OpenApi = Readonly<{
  openapi: '3.1.0'
  info: Json
  servers: readonly Json[]
  security: readonly Json[]
  tags: readonly Json[]
  paths: Readonly<Record<string, Readonly<Record<string, PathItem>>>>
  components: Json
}>

const PROBLEM: Json = {
  type: 'object',
  description: 'Why the hub said no. Further members carry the facts of this refusal.',
  required: ['type', 'title', 'status', 'code', 'trace'],
  properties: {
    type: { type: 'string', description: 'Address of a page about the code.' },
    title: { type: 'string', description: 'What is wrong and what to do next.' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable for ever.', examples: ['work.column_full'] },
    trace: { type: 'string', description: 'Finds this request in the log of the hub.' },
  },
}

const REFUSALS: Readonly<Record<string, string>> = {
  400: 'The request is malformed.',
  401: 'The key is missing or not valid.',
  403: 'The caller may not do this.',
  404: 'No such thing, or not the caller’s to see.',
  409: 'Not in this state, or somebody was faster.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not JSON.',
  422: 'The input does not fit.',
  429: 'A limit was reached; see Retry-After.',
  503: 'Something the hub needs is away; see Retry-After.',
}
const READ_REFUSALS = ['400', '401', '403', '404', '422', '429', '503']

/** Derives the OpenAPI document from the operations, once per process. */
export const openApi = (routes: readonly OperationRoute[], version: string): OpenApi => {
  const schemas: Json = { Problem: PROBLEM }
  const paths: Record<string, Record<string, PathItem>> = {}
  for (const route of routes) {
    const path = route.path.slice('/v1'.length).replace(/:(\w+)/g, '{$1}')
    const items = (paths[path] ??= {})
    items[route.method.toLowerCase()] = pathItem(route, schemas)
  }
  const rooms = [...new Set(routes.map(({ operation }) => roomOf(operation.name)))]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guildhall',
      version,
      description:
        'Every operation of the hub. A create answers 200 like every other write: the body says ' +
        'what was made. Events are read from GET /v1/stream and the WebSocket /v1/ws.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/v1' }],
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    tags: rooms.map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes: SCHEMES, responses: problemResponses() },
  }
}

const SCHEMES: Json = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'guild_…' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  session: { type: 'apiKey', in: 'cookie', name: '__Host-guildhall-…' },
}

const problemResponses = (): Json => {
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  }
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, description]) => [
      `Problem${status}`,
      { description, content },
    ]),
  )
}

const roomOf = (name: string): string => name.split('.', 1)[0] ?? name

const pathItem = (route: OperationRoute, schemas: Json): PathItem => {
  const { operation, params, method } = route
  const hoist = (schema: JsonSchema, side: string): JsonSchema =>
    hoisted(schema, { name: `${operation.name.replace('.', '_')}_${side}`, schemas })
  const input = hoist(inputSchema(operation.input), 'input')
  const output = hoist(outputSchema(operation.output), 'output')
  const writes = operation.effect !== 'read'
  const withBody = method !== 'GET' && method !== 'DELETE'
  const fields = [...fieldsOf(input)]
  const inAddress = fields.filter(([name]) => params.includes(name) || !withBody)
  const parameters = inAddress.map(([name, field]) => parameter(name, field, { route, input }))
  const refusals = writes ? Object.keys(REFUSALS) : READ_REFUSALS
  const body = withBody ? bodySchema(input, params) : null
  return {
    operationId: operation.name,
    tags: [roomOf(operation.name)],
    summary: operation.about,
    'x-permission': operation.access,
    ...(operation.fresh && { 'x-fresh': true }),
    ...(operation.open && { security: [] }),
    parameters: [...parameters, ...headerParameters(route, { input, output })],
    ...(body && { requestBody: { content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: output } } },
      ...Object.fromEntries(
        refusals.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
      ),
    },
  }
}

type Place = Readonly<{ route: OperationRoute; input: JsonSchema }>

const parameter = (name: string, field: JsonSchema, { route, input }: Place): Json => {
  const { description, ...schema } = field
  const inPath = route.params.includes(name)
  return {
    name,
    in: inPath ? 'path' : 'query',
    required: inPath || requiredOf(input).includes(name),
    ...(description !== undefined && { description }),
    ...(!inPath && schema['type'] === 'array' && { style: 'form', explode: false }),
    schema,
  }
}

const requiredOf = (schema: JsonSchema): readonly unknown[] => {
  const required = schema['required']
  return Array.isArray(required) ? required : []
}

const headerParameters = (
  { operation }: OperationRoute,
  { input, output }: Readonly<{ input: JsonSchema; output: JsonSchema }>,
): readonly Json[] => {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  const found: Json[] = []
  if (operation.effect !== 'read') {
    found.push(header('Idempotency-Key', 'A repeated write with the same key is answered again.'))
    if (fieldsOf(input).has('version')) {
      found.push(header('If-Match', 'The version the change is based on, in quotes: "3".'))
    }
  } else if (fieldsOf(output).has('version')) {
    found.push(header('If-None-Match', 'The ETag the caller holds: 304 when it is still true.'))
  }
  return found
}

const bodySchema = (input: JsonSchema, params: readonly string[]): JsonSchema => {
  const fields = [...fieldsOf(input)].filter(([name]) => !params.includes(name))
  if (input['properties'] === undefined) return input
  const required = requiredOf(input).filter((name) => !params.includes(String(name)))
  const { required: _, ...rest } = input
  return {
    ...rest,
    properties: Object.fromEntries(fields),
    ...(required.length > 0 && { required }),
  }
}

type Home = Readonly<{ name: string; schemas: Json }>

// Definitions move to the document's components, because `#/$defs` means its own root here.
const hoisted = (schema: JsonSchema, { name, schemas }: Home): JsonSchema => {
  const text = JSON.stringify(schema)
  if (!text.includes('"$ref"')) return schema
  const moved: unknown = JSON.parse(text, (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value
    const target = value === '#' ? name : `${name}_${value.replace('#/$defs/', '')}`
    return `#/components/schemas/${target}`
  })
  if (!isRecord(moved)) return schema
  const { $defs, ...rest } = moved
  const definitions = isRecord($defs) ? Object.entries($defs) : []
  for (const [key, value] of definitions) schemas[`${name}_${key}`] = value
  if (text.includes('"$ref":"#"')) schemas[name] = rest
  return rest
}
