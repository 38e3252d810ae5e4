import { scanJson } from '../json-scan.ts'
import { isRecord } from './input.ts'
import { mistake } from './problem.ts'

/** Bytes of a request body at most. */
export const BODY_BYTES_MAX = 1024 * 1024
/** Bytes and values of a body that carries a whole backlog. */
export const BULK_BYTES_MAX = 64 * 1024 * 1024
const BULK_VALUES_MAX = 1_000_000

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads a request body: JSON in UTF-8, an object; an empty one stands for no fields. */
export const readBody = (bytes: Buffer, bulk: boolean): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) return {}
  const text = decode(bytes)
  scanJson(text, bulk ? BULK_VALUES_MAX : undefined)
  const value = parse(text)
  if (isRecord(value)) return value
  throw mistake('platform.body_not_object', 'The body must be a JSON object with named fields.')
}

/** Reads lines that come as they are: the one field `text`. */
export const readLines = (bytes: Buffer): Readonly<Record<string, unknown>> => ({
  text: decode(bytes),
})

const decode = (bytes: Buffer): string => {
  try {
    return UTF8.decode(bytes)
  } catch {
    throw notJson('The body is not UTF-8 text; send JSON in UTF-8.')
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson('The body is not JSON; check quotes, commas and brackets.')
  }
}

const notJson = (message: string) => mistake('platform.body_not_json', message)
