import type { Prompt } from '../../kernel/hall.ts'
import { nearest } from '../../kernel/text.ts'
import type { Caller } from './call.ts'
import type { Ground } from './ground.ts'
import type { Json } from './protocol.ts'
import { badParams, isJson } from './protocol.ts'
import { COMPLETIONS_MAX, findKeys, textsOf } from './resources.ts'

/** Shows the prompts, sorted by name. */
export const listPrompts = (prompts: readonly Prompt[]) =>
  prompts
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((prompt) => ({
      name: prompt.name,
      description: prompt.about,
      arguments: prompt.arguments.map(({ name, about, required }) => ({
        name,
        description: about,
        required,
      })),
    }))

/** Fills a prompt with the given arguments. */
export const getPrompt = (prompts: readonly Prompt[], params: Json) => {
  const prompt = prompts.find(({ name }) => name === params['name'])
  if (prompt === undefined) throw unknownPrompt(prompts, params['name'])
  const given = textsOf(params['arguments'])
  if (given === null) throw badParams('Send the arguments of a prompt as an object of strings.')
  for (const { name, required } of prompt.arguments) {
    if (required && !given[name]) throw badParams(`The prompt ${prompt.name} needs ${name}.`)
  }
  for (const name of Object.keys(given)) {
    if (!prompt.arguments.some((argument) => argument.name === name)) {
      const known = prompt.arguments.map((argument) => argument.name).join(', ') || 'none'
      throw badParams(`The prompt ${prompt.name} has no such argument; it takes: ${known}.`)
    }
  }
  const content = { type: 'text' as const, text: prompt.text(given) }
  return { description: prompt.about, messages: [{ role: 'user' as const, content }] }
}

const unknownPrompt = (prompts: readonly Prompt[], name: unknown) => {
  const known = prompts.map((prompt) => prompt.name)
  const near = typeof name === 'string' ? nearest(name.slice(0, 64), known) : undefined
  const hint = near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${near}?`
  return badParams(`Unknown prompt. ${hint}`)
}

/** Completes a short key in an argument of a prompt or a variable of a resource. */
export const completed = async (ground: Ground, caller: Caller, params: Json) => {
  const { ref, argument } = params
  if (!isJson(ref) || !isJson(argument)) throw badParams('Send ref and argument as objects.')
  const { name, value } = argument
  if (typeof name !== 'string' || typeof value !== 'string') {
    throw badParams('Send the name and the value of the argument as strings.')
  }
  checkRef(ground, ref)
  const keys = await findKeys(ground.shelf, caller, { name, start: value })
  const values = keys.slice(0, COMPLETIONS_MAX)
  return { completion: { values, hasMore: keys.length > values.length } }
}

const checkRef = ({ hall, shelf }: Ground, { type, name, uri }: Json): void => {
  if (type === 'ref/prompt') {
    if (!hall.prompts.some((prompt) => prompt.name === name)) throw badParams('Unknown prompt.')
    return
  }
  if (type !== 'ref/resource') throw badParams('Complete a ref/prompt or a ref/resource.')
  if (!shelf.templates.some(({ uriTemplate }) => uriTemplate === uri)) {
    throw badParams('Unknown resource template.')
  }
}
