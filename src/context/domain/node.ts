import { refuse } from '../../kernel/refusal.ts'
import { bytesOf, isList, isObject, type Json, type JsonObject, objectOf, own } from './json.ts'
import { joinPath, wordOf } from './path.ts'

/** Largest node of one tier, serialised. */
export const NODE_BYTES_MAX = 32 * 1024
/** Deepest nesting of a node; the node itself is the first level. */
export const NODE_DEPTH_MAX = 6

/** The tiers of context, outermost first. */
export const TIERS = ['global', 'project', 'branch', 'task'] as const
/** One of the four tiers. */
export type Tier = (typeof TIERS)[number]

/** Who wrote a leaf, and in which version of its node. */
export type Stamp = Readonly<{ version: number; by: string }>

/** What one tier says at one place. */
export type ContextNode = Readonly<{
  tier: Tier
  /** The place as people write it: `global`, `GH`, `GH/main`, `GH-12`. */
  at: string
  /** 0 before the first write. */
  version: number
  /** Id of the principal who wrote last; handles are personal and would have to be erased. */
  by: string
  data: JsonObject
  /** Per leaf path of `data`: its last write. */
  stamps: Readonly<Record<string, Stamp>>
}>

/** Makes the node of a place where nothing has been written yet. */
export const emptyNode = (tier: Tier, at: string): ContextNode => ({
  tier,
  at,
  version: 0,
  by: '',
  data: {},
  stamps: {},
})

/** Tells who wrote a leaf, and when; the node's last write where no leaf stands. */
export const stampAt = (node: ContextNode, path: string): Stamp => {
  const stamp = Object.hasOwn(node.stamps, path) ? node.stamps[path] : undefined
  return stamp ?? { version: node.version, by: node.by }
}

/**
 * Reads a value from outside as storable JSON: a clean copy, or a refusal.
 * Control characters other than tab and newline are dropped.
 */
export const readJson = (value: unknown, path = '', depth = 1): Json => {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return readText(value, path)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') {
    const message = `${named(path)} is no JSON value; write text, a number, a list or an object.`
    throw refuse('invalid', 'context.not_json', message, { path })
  }
  if (depth > NODE_DEPTH_MAX) throw tooDeep(path)
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    return list.map((element) => readJson(element, path, depth + 1))
  }
  return objectOf(
    Object.entries(value).map(([key, inner]): [string, Json] => {
      if (wordOf(key) === undefined) throw notAKey(key, path)
      return [key, readJson(inner, joinPath(path, key), depth + 1)]
    }),
  )
}

/** Checks that a value can be a node as a whole: shape, keys, instructions, depth and size. */
export const checkNode = (data: Json): JsonObject => {
  if (!isObject(data)) {
    const message = 'A whole node is a JSON object; name a path to write a single value.'
    throw refuse('invalid', 'context.not_an_object', message)
  }
  checkObject(data, '', 1)
  const bytes = bytesOf(data)
  if (bytes > NODE_BYTES_MAX) {
    const message = `This node would take ${bytes} of ${NODE_BYTES_MAX} bytes; shorten values.`
    throw refuse('invalid', 'context.node_too_large', message, { bytes, max: NODE_BYTES_MAX })
  }
  return data
}

const checkObject = (object: JsonObject, path: string, depth: number): void => {
  if (depth > NODE_DEPTH_MAX) throw tooDeep(path)
  for (const [name, value] of Object.entries(object)) {
    const word = wordOf(name)
    const here = joinPath(path, name)
    if (word === undefined) throw notAKey(name, path)
    if (word.kind === 'lock') checkLock(value, here)
    else if (word.kind !== 'key') checkListWord(object, word.key, here)
    if (isObject(value)) checkObject(value, here, depth + 1)
    else if (isList(value)) checkList(value, here, depth + 1)
  }
}

/** Lists replace as a whole, so an instruction inside one would never be followed. */
const checkList = (list: readonly Json[], path: string, depth: number): void => {
  if (depth > NODE_DEPTH_MAX) throw tooDeep(path)
  for (const element of list) {
    if (isList(element)) checkList(element, path, depth + 1)
    if (isObject(element)) checkPlain(element, path, depth + 1)
  }
}

const checkPlain = (object: JsonObject, path: string, depth: number): void => {
  if (depth > NODE_DEPTH_MAX) throw tooDeep(path)
  for (const [name, value] of Object.entries(object)) {
    if (wordOf(name)?.kind !== 'key') throw notAKey(name, path)
    if (isList(value)) checkList(value, path, depth + 1)
    if (isObject(value)) checkPlain(value, path, depth + 1)
  }
}

const checkLock = (value: Json, path: string): void => {
  const fits = isList(value) && value.every((key) => isKeyText(key))
  if (fits) return
  const message = `${path} is a list of keys beside it, such as ["security"].`
  throw refuse('invalid', 'context.lock_not_allowed', message, { path })
}

const isKeyText = (key: Json) => typeof key === 'string' && wordOf(key)?.kind === 'key'

const checkListWord = (object: JsonObject, key: string, path: string): void => {
  const beside = own(object, key)
  const listBeside = beside === undefined || beside === null || isList(beside)
  const name = path.slice(path.lastIndexOf('.') + 1)
  if (isList(own(object, name)) && listBeside) return
  const message = `${path} adds to or removes from a list; write a list, and no other ${key}.`
  throw refuse('invalid', 'context.not_a_list', message, { path })
}

const DROPPED = /[^\P{Cc}\t\n]/gu

/** Reads a text from outside: whole Unicode without NUL, or a refusal (C2). */
export const readText = (text: string, path: string): string => {
  if (text.isWellFormed() && !text.includes('\0')) return text.replace(DROPPED, '')
  const message = `${named(path)} holds a NUL or half a character; send whole Unicode text.`
  throw refuse('invalid', 'context.text_not_storable', message, { path })
}

const named = (path: string) => (path === '' ? 'The value' : path)

const tooDeep = (path: string) =>
  refuse(
    'invalid',
    'context.too_deep',
    `${named(path)} nests deeper than ${NODE_DEPTH_MAX} levels; flatten it.`,
    { path, max: NODE_DEPTH_MAX },
  )

const notAKey = (name: string, path: string) =>
  refuse(
    'invalid',
    'context.key_not_allowed',
    `"${name.slice(0, 64).toWellFormed()}" is no key here; use 1-64 of A-Z a-z 0-9 _ -, no last -.`,
    { path },
  )
