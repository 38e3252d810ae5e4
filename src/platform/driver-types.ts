import pg from 'pg'
import { assert } from '../kernel/assert.ts'

const toNumber = (text: string): number => {
  const number = Number(text)
  assert(Number.isSafeInteger(number), `${text} is a safe integer`)
  return number
}

const { builtins, getTypeParser } = pg.types
// The hub's connections speak UTC: `2026-11-21 13:05:09.123+00`.
const toMs = (text: string): number => {
  const ms = Date.parse(text.replace(' ', 'T').replace(/([+-][0-9]{2})$/, '$1:00'))
  assert(Number.isFinite(ms), `${text} is a moment`)
  return ms
}

/** Column types as the house wants them: int8 a safe number, times milliseconds, dates text. */
export const driverTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === builtins.INT8) return toNumber
    if (oid === builtins.TIMESTAMPTZ) return toMs
    if (oid === builtins.DATE) return (text: string) => text
    const usual: unknown =
      format === 'binary' ? getTypeParser(oid, 'binary') : getTypeParser(oid, 'text')
    return usual
  },
}
