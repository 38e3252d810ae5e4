import { canonical } from '../../kernel/canonical.ts'

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object; read its keys with `own`, never with a bare index. */
export type JsonObject = { readonly [key: string]: Json }

/** Tells whether a value is a JSON object (neither null nor an array). */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value)

/** Tells whether a value is a JSON array. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** Reads a key of an object; what an object inherits from its prototype is not there. */
export const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** Makes an object of entries, safe for every key. */
export const objectOf = (entries: Iterable<readonly [string, Json]>): JsonObject =>
  Object.fromEntries(entries)

/** Tells whether two values say the same; the order of keys does not matter. */
export const same = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  return canonical(a) === canonical(b)
}

/** Counts the bytes of a value as it is serialised: UTF-8, no spaces. */
export const bytesOf = (value: Json): number => {
  const text = JSON.stringify(value)
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // Half of a surrogate pair counts 2, so that a pair counts its 4 bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/** Appends those elements that a list does not hold yet. */
export const union = (list: readonly Json[], more: readonly Json[]): readonly Json[] => {
  const seen = new Set(list.map(canonical))
  const added = more.filter((element) => {
    const form = canonical(element)
    return !seen.has(form) && seen.add(form)
  })
  return [...list, ...added]
}

/** Takes out of a list all elements that equal one of the others. */
export const without = (list: readonly Json[], others: readonly Json[]): readonly Json[] => {
  const gone = new Set(others.map(canonical))
  return list.filter((element) => !gone.has(canonical(element)))
}
