import { refuse } from './refusal.ts'

/** Items a list gives without being asked for more. */
export const LIST_DEFAULT = 20
/** Items a list gives at most in one answer. */
export const LIST_MAX = 100

/** A page of a list: the items, how many there are in all, and where to read on. */
export type Page<T> = Readonly<{ items: readonly T[]; total: number; next: string | null }>

/** Packs the sort values of the last row of a page into an opaque cursor. */
export const cursorOf = (values: readonly (string | number | null)[]): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(values))
  return `c_${btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}`
}

/** Unpacks a cursor made by `cursorOf`; refuses any other text. */
export const cursorValues = (
  cursor: string,
  count: number,
): readonly (string | number | null)[] => {
  const values = decode(cursor)
  if (values?.length !== count) {
    throw cursorNotOurs()
  }
  return values
}

/** The greatest number that an integer column holds. */
export const INTEGER_MAX = 2 ** 31 - 1

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Unpacks the cursor of a list in the order of a number; its column says which is the greatest. */
export const cursorNumber = (cursor: string, max = INTEGER_MAX): number => {
  const [value] = cursorValues(cursor, 1)
  if (!Number.isInteger(value) || Math.abs(Number(value)) > max) throw cursorNotOurs()
  return Number(value)
}

/** Unpacks the cursor of a list in the order of ids. */
export const cursorId = (cursor: string): string => idIn(cursorValues(cursor, 1)[0])

const MS_MAX = 8.64e15

/** Unpacks the cursor of a list in the order of time, then id. */
export const cursorTime = (cursor: string): Readonly<{ ms: number; id: string }> => {
  const [ms, id] = cursorValues(cursor, 2)
  if (typeof ms !== 'number' || Math.abs(ms) > MS_MAX) throw cursorNotOurs()
  return { ms, id: idIn(id) }
}

const idIn = (value: string | number | null | undefined): string => {
  if (typeof value !== 'string' || !UUID.test(value)) throw cursorNotOurs()
  return value
}

const cursorNotOurs = () => {
  const message = 'This cursor is not one of ours; leave it out to start from the beginning.'
  return refuse('invalid', 'platform.cursor_not_valid', message)
}

const decode = (cursor: string): readonly (string | number | null)[] | null => {
  if (!/^c_[A-Za-z0-9_-]{1,2000}$/.test(cursor)) return null
  try {
    const text = atob(cursor.slice(2).replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
    const values: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return Array.isArray(values) && values.every(isPlain) ? values : null
  } catch {
    return null // Not base64, not UTF-8 or not JSON: the same answer for all three.
  }
}

const isPlain = (value: unknown): value is string | number | null =>
  value === null || typeof value === 'string' || typeof value === 'number'
