import { z } from 'zod'
import { TASK_ONLY, TASK_TOOLS } from './conformance-tasks.ts'
import { SUITE_TOOLS } from './conformance-tools.ts'

// What the tools of the official suite take, and how they are listed.

const text = (name: string) => ({ [name]: { type: 'string' } })

// A word of JSON Schema that would make an object of ours look like a promise.
const WHEN_BY_PHONE: object = JSON.parse('{"then":{"required":["phone"]}}')

/** The schemas of tools that take arguments. */
const SCHEMAS: Readonly<Record<string, object>> = {
  test_elicitation: { type: 'object', properties: text('message'), required: ['message'] },
  test_sampling: { type: 'object', properties: text('prompt'), required: ['prompt'] },
  test_custom_header: {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  },
  json_schema_2020_12_tool: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: {
        $anchor: 'addressDef',
        type: 'object',
        properties: { ...text('street'), ...text('city') },
      },
    },
    properties: {
      ...text('name'),
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      ...text('phone'),
      ...text('email'),
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    ...WHEN_BY_PHONE,
    else: { required: ['email'] },
    additionalProperties: false,
  },
}

const Schema = z.looseObject({ type: z.literal('object') })

/** The tools as the server lists them; one of them comes and goes. */
export const listSuiteTools = (hasDynamic: boolean) =>
  Object.keys({ ...SUITE_TOOLS, ...TASK_TOOLS })
    .filter((name) => hasDynamic || name !== 'test_dynamic_tool')
    .map((name) => ({
      name,
      description: `A tool of the suite: ${name}.`,
      inputSchema: Schema.parse(SCHEMAS[name] ?? { type: 'object', properties: {} }),
      ...(TASK_ONLY.has(name) && { execution: { taskSupport: 'required' as const } }),
    }))
