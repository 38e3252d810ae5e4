/** Plain JSON with named members. */
export type Json = Readonly<Record<string, unknown>>

/** Tells whether something is an object with named members. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
