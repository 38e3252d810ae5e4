/**
 * Writes a JSON value in its canonical form (RFC 8785): sorted keys, no spaces, one spelling.
 * Throws on what JSON cannot carry, so that a digest never covers something that was dropped.
 */
export const canonical = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return canonicalText(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object') return canonicalObject(value)
  throw new TypeError(`${typeof value} has no canonical form.`)
}

const canonicalText = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError('A lone surrogate has no canonical form.')
  return JSON.stringify(text)
}

const canonicalNumber = (number: number): string => {
  if (!Number.isFinite(number)) throw new TypeError(`${number} has no canonical form.`)
  return JSON.stringify(number)
}

const canonicalObject = (object: object): string => {
  const fields = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${canonicalText(key)}:${canonical(value)}`)
  return `{${fields.join(',')}}`
}
