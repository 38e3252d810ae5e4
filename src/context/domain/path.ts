import { refuse } from '../../kernel/refusal.ts'
import { isObject, type Json, type JsonObject, objectOf, own } from './json.ts'

/** What a name inside a node means: a key, an instruction about a list, or the lock list. */
export type Word = Readonly<
  { kind: 'key' | 'add' | 'drop'; key: string } | { kind: 'lock'; key: '$lock' }
>

const KEY = /^[A-Za-z0-9_-]{0,63}[A-Za-z0-9_]$/
// Assigning to this one changes an object's prototype instead of its content.
const NEVER_A_KEY = '__proto__'

const isKey = (name: string) => KEY.test(name) && name !== NEVER_A_KEY

/** Reads a name: `tags`, `tags+`, `tags-` or `$lock`; `undefined` when it is none of them. */
export const wordOf = (name: string): Word | undefined => {
  if (name === '$lock') return { kind: 'lock', key: '$lock' }
  if (isKey(name)) return { kind: 'key', key: name }
  const key = name.slice(0, -1)
  if (!isKey(key)) return undefined
  if (name.endsWith('+')) return { kind: 'add', key }
  return name.endsWith('-') ? { kind: 'drop', key } : undefined
}

/** Reads a path such as `testing.command` or `tags+`; an empty text is the whole node. */
export const parsePath = (text: string): readonly string[] => {
  if (text === '') return []
  const names = text.split('.')
  for (const [index, name] of names.entries()) {
    const word = wordOf(name)
    if (word?.kind === 'key' || (word && index === names.length - 1)) continue
    const message = `"${name.slice(0, 64)}" is no key; write the path as keys joined by dots.`
    throw refuse('invalid', 'context.path_not_allowed', message, { path: text.slice(0, 512) })
  }
  return names
}

/** Joins the names of a path; keys cannot hold a dot, so this can be read back. */
export const joinPath = (above: string, name: string): string =>
  above === '' ? name : `${above}.${name}`

/** Tells whether a path is another one or lies below it. */
export const isWithin = (path: string, above: string): boolean =>
  above === '' || path === above || path.startsWith(`${above}.`)

/** Reads what an object says at a path; `undefined` when it says nothing there. */
export const valueAt = (data: JsonObject, path: readonly string[]): Json | undefined => {
  let value: Json | undefined = data
  for (const name of path) {
    if (!isObject(value)) return undefined
    value = own(value, name)
  }
  return value
}

/** Lays a JSON merge patch (RFC 7386) over a value. */
export const mergePatch = (target: Json | undefined, patch: Json): Json => {
  if (!isObject(patch)) return patch
  const merged = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  return objectOf(merged)
}

/** Lays a merge patch over what stands at a path; objects on the way are made where missing. */
export const patchAt = (target: Json | undefined, path: readonly string[], patch: Json): Json => {
  const [name, ...rest] = path
  if (name === undefined) return mergePatch(target, patch)
  const merged = new Map(Object.entries(isObject(target) ? target : {}))
  merged.set(name, patchAt(merged.get(name), rest, patch))
  return objectOf(merged)
}

/** Lists the leaves below a value: paths of everything that is not an object with content. */
export const leavesOf = (value: Json, path = ''): readonly (readonly [string, Json])[] => {
  if (!isObject(value)) return [[path, value]]
  const entries = Object.entries(value)
  if (entries.length === 0) return path === '' ? [] : [[path, value]]
  return entries.flatMap(([key, inner]) => leavesOf(inner, joinPath(path, key)))
}
