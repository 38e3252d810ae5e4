/** A JSON object whose members are not known; read them with `own`, or by name after a check. */
export type Json = Readonly<Record<string, unknown>>

/** Tells whether a value is a JSON object (neither null nor an array). */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tells whether a value is a JSON array. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** Reads a member of an object; what an object inherits from its prototype is not there. */
export const own = (object: Json, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** Reads a member that is a text. */
export const textIn = (object: Json, key: string): string | undefined => {
  const value = own(object, key)
  return typeof value === 'string' ? value : undefined
}

/** Tells whether a text can be kept: whole characters, and no NUL, which the database refuses. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')

/**
 * Tells whether a value is JSON that has one canonical form and can be kept, at most `depthMax`
 * levels deep.
 */
export const isJson = (value: unknown, depthMax: number): boolean => {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return isStorable(value)
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depthMax <= 0) return false
  if (isList(value)) return value.every((item) => isJson(item, depthMax - 1))
  return Object.entries(value).every(
    ([key, item]) => isStorable(key) && (item === undefined || isJson(item, depthMax - 1)),
  )
}

/** Makes of JSON what can be kept: half characters and NUL become a sign for what was there. */
export const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return isStorable(value) ? value : kept(value)
  if (isList(value)) return value.map(storable)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [isStorable(key) ? key : kept(key), storable(item)]),
  )
}

/** Makes of a text what can be kept. */
export const kept = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd')

/** Counts the bytes of a value as it is serialised: UTF-8, no spaces. */
export const bytesOf = (value: unknown): number => {
  const text = JSON.stringify(value) ?? ''
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // Half of a surrogate pair counts 2, so that a pair counts its 4 bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}
