import type { DeclaredBody } from './openapi-body.ts'
import { membersOf, readBody } from './openapi-body.ts'
import { isObject, type Json } from './json.ts'
import { jsonOf, member, unfit } from './openapi-json.ts'
import type {
  BodyPlan,
  FieldForm,
  ParameterSlot,
  ParameterStyle,
  RequestTemplate,
} from './openapi-operation.ts'
import type { DeclaredOperation, Parameter } from './openapi-parameters.ts'
import { readParameters } from './openapi-parameters.ts'
import type { SchemaGround } from './openapi-schema.ts'
import { translated } from './openapi-schema.ts'
import { faultsOf, SCHEMA_DEPTH_MAX, SCHEMA_NODES_MAX } from './schema-limits.ts'
import { shorten } from '../../kernel/text.ts'

// Parameters and the members of the body become one flat object, because a model fills one level
// better than three. Where two of them would have one name the body stays together.

/** The input of an operation, and how a request is made of it. */
export type Input = Readonly<{ inputSchema: Json; request: RequestTemplate }>

// The input itself is the outermost of its schemas.
const DEPTHS = [SCHEMA_DEPTH_MAX - 1, 6, 4, 3, 2, 1, 0]
const FIELD_CHARS_MAX = 64
const TEXT_CHARS_MAX = 400
const START = { depth: 1, within: [] }

type Field = Readonly<{ field: string; schema: Json; required: boolean }>

/** Makes the input of an operation; a large one is told less deeply until it fits. */
export const readInput = (declared: DeclaredOperation, dialect: SchemaGround['dialect']): Input => {
  const parameters = readParameters(declared)
  const body = readBody(declared)
  for (const depthMax of DEPTHS) {
    const left = { nodes: SCHEMA_NODES_MAX }
    const ground = { document: declared.document, dialect, depthMax, left }
    const input = inputOf({ declared, parameters, body }, ground)
    if (left.nodes >= 0 && faultsOf(input.inputSchema).length === 0) return input
  }
  throw unfit('Its input is larger than a tool may have, even without what is nested in it.')
}

type Declared = Readonly<{
  declared: DeclaredOperation
  parameters: readonly Parameter[]
  body: DeclaredBody | null
}>

const inputOf = ({ declared, parameters, body }: Declared, ground: SchemaGround): Input => {
  const placed = placedParameters(parameters, ground)
  const taken = new Set(placed.map(({ field }) => field.field))
  const sent = body === null ? null : placedBody(body, taken, ground)
  const fields = [...placed.map(({ field }) => field), ...(sent?.fields ?? [])]
  const required = fields.filter((one) => one.required).map(({ field }) => field)
  const { method, path, reserved } = declared
  return {
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(fields.map(({ field, schema }) => [field, schema])),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    },
    request: {
      ...{ method, path, slots: placed.map(({ slot }) => slot), body: sent?.plan ?? null },
      reserved: [...reserved],
    },
  }
}

type Placed = Readonly<{ field: Field; slot: ParameterSlot }>

const placedParameters = (
  parameters: readonly Parameter[],
  ground: SchemaGround,
): readonly Placed[] => {
  const names = parameters.map(({ name }) => fieldName(name))
  const taken = new Set<string>()
  return parameters.map((parameter, at) => {
    const name = names[at] ?? ''
    const several = names.filter((each) => each === name).length > 1
    const field = free(several ? fieldName(`${parameter.in}_${name}`) : name, taken)
    const { name: wire, in: place, style, explode, json, required, description } = parameter
    const schema = described(translated(parameter.schema, START, ground), description)
    const slot = { field, name: wire, in: place, style, explode, json, required }
    return { field: { field, schema, required }, slot }
  })
}

const free = (wanted: string, taken: Set<string>): string => {
  let name = wanted
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}_${count}`
  taken.add(name)
  return name
}

// Interfaces of models take these characters in names of fields, and no others.
const fieldName = (name: string): string => {
  const fits = /^[A-Za-z0-9_.-]+$/.test(name) && name !== '__proto__'
  const plain = fits ? name : name.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^_+|_+$/g, '')
  const short = plain.slice(0, FIELD_CHARS_MAX)
  return short === '' ? 'field' : short
}

const described = (schema: Json, description: string | null): Json =>
  description === null ? schema : { ...schema, description: shorten(description, TEXT_CHARS_MAX) }

type PlacedBody = Readonly<{ fields: readonly Field[]; plan: BodyPlan }>

const placedBody = (
  body: DeclaredBody,
  taken: ReadonlySet<string>,
  ground: SchemaGround,
): PlacedBody => {
  const before = ground.left.nodes
  const apart =
    body.as === 'text' ? null : membersOf(translated(body.schema, { ...START, depth: 0 }, ground))
  const names = Object.keys(apart?.properties ?? {})
  const fields = names.map(fieldName)
  const alone = new Set(fields).size === fields.length && !fields.some((name) => taken.has(name))
  if (apart === null || names.length === 0 || !alone) {
    // The attempt does not count, unless it was too much already.
    if (ground.left.nodes >= 0) ground.left.nodes = before
    return wholeBody(body, taken, ground)
  }
  const form = (name: string) => formOf(name, fieldName(name), body)
  return {
    fields: names.map((name) => {
      const each = apart.properties[name]
      return {
        field: fieldName(name),
        schema: isObject(each) ? each : {},
        required: apart.required.includes(name),
      }
    }),
    plan: planOf(body, null, names.map(form)),
  }
}

const wholeBody = (
  body: DeclaredBody,
  taken: ReadonlySet<string>,
  ground: SchemaGround,
): PlacedBody => {
  const field = free('body', new Set(taken))
  const schema = described(translated(body.schema, START, ground), body.description)
  const members = body.as === 'form' ? Object.keys(jsonOf(schema['properties'])) : []
  return {
    fields: [{ field, schema, required: body.required }],
    plan: planOf(
      body,
      field,
      members.map((name) => formOf(name, name, body)),
    ),
  }
}

const planOf = (
  { mediaType, as, required }: DeclaredBody,
  field: string | null,
  members: readonly FieldForm[],
): BodyPlan => ({ mediaType, as, required, field, members })

const FORM_STYLES: readonly ParameterStyle[] = [
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
]

const formOf = (name: string, field: string, { encoding }: DeclaredBody): FieldForm => {
  const said = member(encoding, name)
  const style = FORM_STYLES.find((one) => one === member(said, 'style'))
  const explode = member(said, 'explode')
  const contentType = member(said, 'contentType')
  return {
    field,
    name,
    style: style ?? 'form',
    explode: typeof explode === 'boolean' ? explode : (style ?? 'form') === 'form',
    json: typeof contentType === 'string' && /[/+]json\b/i.test(contentType),
  }
}
