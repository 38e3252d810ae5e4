import { scanJson } from '../json-scan.ts'
import { isRecord } from './input.ts'
import { mistake } from './problem.ts'

/** Bytes of a request body at most. */
export const BODY_BYTES_MAX = 1024 * 1024

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads a request body: JSON in UTF-8, an object; an empty one stands for no fields. */
export const readBody = (bytes: Buffer): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) return {}
  const text = decode(bytes)
  scanJson(text)
  const value = parse(text)
  if (isRecord(value)) return value
  throw mistake('platform.body_not_object', 'The body must be a JSON object with named fields.')
}

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
