// Takes typed values out of a foreign record. A value of a wrong type is reported and left alone,
// so that one bad field never costs the row.
import type { ImportPlace, ImportProblem } from '../domain/import-row.ts'
import { problemOf } from '../domain/import-row.ts'
import { readTime } from './import-time.ts'

/** Holds one foreign record, and where its problems go. */
export type SourceFields = Readonly<{
  record: Readonly<Record<string, unknown>>
  row: Readonly<{ externalId: string | null; at: ImportPlace }>
  zone: string
  problems: ImportProblem[]
}>

/** Says whether a value is an object with named fields. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reports a field; the row itself survives. */
export const complain = (fields: SourceFields, field: string, text: string): void => {
  fields.problems.push(problemOf('warning', fields.row, { code: 'import.bad_field', field, text }))
}

/** Takes a text; missing and null mean the empty text. */
export function textOf(fields: SourceFields, field: string): string {
  const value = own(fields, field)
  if (typeof value === 'string') return value
  if (value !== undefined && value !== null) complain(fields, field, `${field} must be a text.`)
  return ''
}

/** Takes a finite number, also one written as a text; missing and null mean null. */
export function numberOf(fields: SourceFields, field: string): number | null {
  const value = own(fields, field)
  if (value === undefined || value === null || value === '') return null
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  complain(fields, field, `${field} must be a number.`)
  return null
}

/** Takes a list of texts, also a single text; entries of another type are reported. */
export function textsOf(fields: SourceFields, field: string): string[] {
  const value = own(fields, field)
  if (value === undefined || value === null || value === '') return []
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) {
    complain(fields, field, `${field} must be a list of texts.`)
    return []
  }
  return value.flatMap((item: unknown, index) => {
    if (typeof item === 'string') return [item]
    complain(fields, `${field}[${index}]`, `${field}[${index}] must be a text.`)
    return []
  })
}

/** Holds a record of a list, and the name of its place there. */
export type Entry = Readonly<{ name: string; record: Readonly<Record<string, unknown>> }>

/** Takes a list of records; entries of another type are reported. */
export function recordsOf(fields: SourceFields, field: string): Entry[] {
  const value = own(fields, field)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    complain(fields, field, `${field} must be a list of objects.`)
    return []
  }
  return value.flatMap((item: unknown, index) => {
    const name = `${field}[${index}]`
    if (isRecord(item)) return [{ name, record: item }]
    complain(fields, name, `${name} must be an object.`)
    return []
  })
}

/** Takes a moment as UTC in ISO form; what is no date is reported and left out. */
export function timeOf(fields: SourceFields, field: string): string | null {
  const text = textOf(fields, field)
  if (text === '') return null
  const time = readTime(text, fields.zone)
  if (time === null) complain(fields, field, `${field} is no date: ${text.slice(0, 40)}.`)
  return time
}

/** Takes all fields that nobody has a home for. */
export const unmappedOf = (
  { record }: SourceFields,
  mapped: ReadonlySet<string>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record).filter(
      ([field, value]) => !mapped.has(field) && value !== null && value !== '',
    ),
  )

const own = ({ record }: SourceFields, field: string): unknown =>
  Object.hasOwn(record, field) ? record[field] : undefined
