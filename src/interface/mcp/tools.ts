import { assert } from '../../kernel/assert.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import type { Place } from './place.ts'
import type { Json } from './protocol.ts'
import { badParams } from './protocol.ts'
import type { ToolSchema } from './tool-schema.ts'
import { mergeChoices, toolSchema } from './tool-schema.ts'

/** One tool: an operation, or several that differ by `op`. */
export type Tool = Readonly<{
  name: string
  /** The sentence for a tool of several operations. */
  about: string | undefined
  /** The operations by their `op`; a tool that is one operation has it under ''. */
  ops: ReadonlyMap<string, AnyOperation>
  /** The reduced input of each operation, by its name. */
  schemas: ReadonlyMap<string, ToolSchema>
}>

/** A tool as lists show it. */
export type ToolEntry = Readonly<{
  name: string
  description: string
  inputSchema: { type: 'object'; properties: Record<string, ToolSchema>; required?: string[] }
  annotations: { readOnlyHint?: boolean; destructiveHint?: boolean }
}>

/** All tools by name, in the order of their names. */
export type Tools = ReadonlyMap<string, Tool>

/** Makes the tools out of the operations, once. */
export const makeTools = (
  operations: readonly AnyOperation[],
  toolAbout: Readonly<Record<string, string>>,
): Tools => {
  const named = new Map<string, Map<string, AnyOperation>>()
  for (const operation of operations) {
    if (operation.mcp === null || operation.internal) continue
    const [tool = '', op = ''] = operation.mcp.split(' ')
    const ops = named.get(tool) ?? new Map<string, AnyOperation>()
    assert(!ops.has(op), `two operations are the tool ${operation.mcp}`)
    named.set(tool, ops.set(op, operation))
  }
  const tools = [...named].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(tools.map(([name, ops]) => [name, makeTool(name, ops, toolAbout[name])]))
}

const makeTool = (
  name: string,
  ops: ReadonlyMap<string, AnyOperation>,
  about: string | undefined,
): Tool => {
  assert(ops.size === 1 || !ops.has(''), `the tool ${name} has operations with and without an op`)
  const schemas = [...ops.values()].map((one) => [one.name, toolSchema(one.input)] as const)
  for (const [operation, { type }] of schemas) {
    assert(type === 'object', `the input of ${operation} is an object`)
  }
  return { name, about, ops, schemas: new Map(schemas) }
}

/** Lists the tools that an address chooses and the actor's rights ever allow. */
export const listTools = (
  tools: Tools,
  place: Place,
  names: ReadonlySet<string>,
): readonly ToolEntry[] =>
  [...tools.values()]
    .filter(({ name }) => place.tools?.has(name) ?? true)
    .flatMap((tool) => {
      const ops = [...tool.ops].filter(([, operation]) => names.has(operation.name))
      return ops.length > 0 ? [toolEntry(tool, ops)] : []
    })

const toolEntry = (tool: Tool, ops: readonly (readonly [string, AnyOperation])[]): ToolEntry => {
  const operations = ops.map(([, operation]) => operation)
  const schema = mergeChoices(operations.map(({ name }) => tool.schemas.get(name) ?? {}))
  const ownOps = ops.map(([op]) => op).filter((op) => op !== '')
  const op = ownOps.length > 0 ? { op: { type: 'string', enum: ownOps } } : {}
  const required = [...Object.keys(op), ...(schema.required ?? [])]
  const isRead = operations.every(({ effect }) => effect === 'read')
  return {
    name: tool.name,
    description: tool.about ?? operations.map(({ about }) => about).join(' '),
    inputSchema: {
      type: 'object',
      properties: { ...op, ...schema.properties },
      ...(required.length > 0 && { required }),
    },
    annotations: isRead ? { readOnlyHint: true } : { destructiveHint: false },
  }
}

/** Finds the operation that a call means and the input it gives, without its `op`. */
export const findOperation = (
  tools: Tools,
  place: Place,
  call: Readonly<{ name: string; args: Json }>,
): Readonly<{ operation: AnyOperation; input: Json }> => {
  const tool = tools.get(call.name)
  if (tool === undefined || place.tools?.has(call.name) === false) {
    throw unknownTool(tools, place, call.name)
  }
  const only = tool.ops.get('')
  if (only !== undefined) return { operation: only, input: call.args }
  const { op, ...input } = call.args
  const operation = typeof op === 'string' ? tool.ops.get(op) : undefined
  if (operation === undefined) throw unknownOp(tool, op)
  return { operation, input }
}

const unknownTool = (tools: Tools, place: Place, name: string) => {
  const known = [...tools.keys()].filter((tool) => place.tools?.has(tool) ?? true)
  const near = nearest(name.slice(0, 64), known)
  const hint = near === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${near}?`
  return badParams(`Unknown tool. ${hint}`)
}

const unknownOp = (tool: Tool, op: unknown) => {
  const known = [...tool.ops.keys()]
  if (typeof op !== 'string') {
    const message = `Say which op of ${tool.name} you mean: ${known.join(', ')}.`
    return refuse('invalid', 'platform.op_missing', message)
  }
  const near = nearest(op.slice(0, 64), known)
  const hint = near === undefined ? `it has ${known.join(', ')}.` : `did you mean ${near}?`
  return refuse('invalid', 'platform.op_unknown', `${tool.name} has no such op; ${hint}`)
}
