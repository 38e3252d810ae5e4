import type { Json } from './json.ts'
import { followed, jsonOf, listOf, member, textOf, unfit } from './openapi-json.ts'
import type { ParameterPlace, ParameterStyle } from './openapi-operation.ts'
import { isHttpToken, isReservedHeader, overridesMethod } from './openapi-operation.ts'
import { placeholdersOf } from './openapi-path.ts'

/** A parameter as the document declares it. */
export type Parameter = Readonly<{
  name: string
  in: ParameterPlace
  required: boolean
  description: string | null
  schema: unknown
  style: ParameterStyle
  explode: boolean
  json: boolean
}>

/** An operation of a document, with what stands around it. */
export type DeclaredOperation = Readonly<{
  document: Json
  method: string
  path: string
  item: Json
  operation: Json
  /** Places of credentials, `query:api_key`. */
  reserved: ReadonlySet<string>
}>

const PARAMETERS_MAX = 100
const PLACES = ['path', 'query', 'header', 'cookie'] as const
const STYLES: Readonly<Record<ParameterPlace, readonly ParameterStyle[]>> = {
  path: ['simple'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
}
// The connection says these itself, so a parameter of this name is not one.
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization'])

/** Names a place of a credential or parameter, in one spelling. */
export const placeOf = (where: string, name: string): string =>
  `${where}:${where === 'header' ? name.toLowerCase().replaceAll('_', '-') : name}`

/** Reads the parameters of an operation, its own before those of its path. */
export const readParameters = (declared: DeclaredOperation): readonly Parameter[] => {
  const { document, item, operation, path } = declared
  const found = new Map<string, Parameter>()
  const lists = [listOf(member(operation, 'parameters')), listOf(member(item, 'parameters'))]
  const all = lists.flat()
  if (all.length > PARAMETERS_MAX) throw unfit(`It has more than ${PARAMETERS_MAX} parameters.`)
  for (const each of all) {
    const parameter = readParameter(followed(document, each))
    const place = placeOf(parameter.in, parameter.name)
    if (!found.has(place)) found.set(place, parameter)
  }
  const placeholders = placeholdersOf(path)
  // A document that forgets to declare a placeholder still has to be called with one.
  for (const name of placeholders) {
    if (!found.has(placeOf('path', name))) found.set(placeOf('path', name), plainPlaceholder(name))
  }
  return [...found.values()].filter((one) => isSendable(one, placeholders, declared))
}

const plainPlaceholder = (name: string): Parameter => ({
  ...{ name, in: 'path', required: true, description: null, schema: { type: 'string' } },
  ...{ style: 'simple', explode: false, json: false },
})

const readParameter = (parameter: Json): Parameter => {
  const name = member(parameter, 'name')
  const where = PLACES.find((place) => place === member(parameter, 'in'))
  if (typeof name !== 'string' || name === '' || where === undefined) {
    throw unfit('One of its parameters has no name, or no place that is known.')
  }
  const said = member(parameter, 'style') ?? STYLES[where][0]
  const style = STYLES[where].find((one) => one === said)
  if (style === undefined) {
    throw unfit(`Its parameter ${name.slice(0, 60)} is written in a style that is not known here.`)
  }
  const explode = member(parameter, 'explode')
  const content = jsonOf(member(parameter, 'content'))
  const [mediaType] = Object.keys(content)
  if (mediaType !== undefined && !/^[\w.-]+\/(?:[\w.-]+\+)?json\b/i.test(mediaType)) {
    throw unfit(`Its parameter ${name.slice(0, 60)} travels as ${mediaType.slice(0, 60)}.`)
  }
  return {
    name,
    in: where,
    required: where === 'path' || member(parameter, 'required') === true,
    description: textOf(member(parameter, 'description')),
    schema:
      mediaType === undefined
        ? member(parameter, 'schema')
        : member(member(content, mediaType), 'schema'),
    style,
    explode: typeof explode === 'boolean' ? explode : style === 'form',
    json: mediaType !== undefined,
  }
}

const isSendable = (
  { name, in: where, required }: Parameter,
  placeholders: readonly string[],
  { reserved }: DeclaredOperation,
): boolean => {
  if (where === 'path') return placeholders.includes(name)
  if (where === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return false
  if (reserved.has(placeOf(where, name))) return false
  const fine =
    where === 'query'
      ? !overridesMethod(name)
      : isHttpToken(name) && !(where === 'header' && isReservedHeader(name))
  if (!fine && required) {
    throw unfit(`It wants the ${where} ${name.slice(0, 60)}, which no argument may fill.`)
  }
  return fine
}
