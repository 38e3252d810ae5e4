import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/

/** Takes the caller's W3C trace id, or makes one: 32 hex digits. */
export const traceOf = ({ headers }: IncomingMessage): string => {
  const given = headers['traceparent']
  if (typeof given === 'string') {
    const id = TRACEPARENT.exec(given)?.[1]
    if (id !== undefined && !/^0+$/.test(id)) return id
  }
  return randomUUID().replaceAll('-', '')
}
