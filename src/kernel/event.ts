import type { z } from 'zod'

/** A shape whose values are plain objects. */
export type ObjectShape = z.ZodObject

/**
 * The parts of an event that stay erasable: `content` (titles, bodies) and `personal` (names,
 * mail, addresses). They are stored beside the ledger and enter its seal as salted commitments.
 */
export type PrivateShapes = Readonly<{ content?: ObjectShape; personal?: ObjectShape }>

type PrivateParts = Readonly<{
  content?: Readonly<Record<string, unknown>>
  personal?: Readonly<Record<string, unknown>>
}>

type PartsOf<P extends PrivateShapes> = {
  readonly [K in keyof P]?: P[K] extends ObjectShape ? z.output<P[K]> : never
}

/** One thing that happened, as an operation hands it to `emit`. */
export type Happened = Readonly<{
  name: string
  /** The id whose events stay in order. */
  subject: string
  /** The subject's row version after the change; 0 when its row did not change. */
  version: number
  data: Readonly<Record<string, unknown>>
  parts: PrivateParts
}>

/** Any kind of event, as lists hold it: its name and its shapes. */
export type AnyEventKind = Readonly<{
  event: string
  subjectField: string
  shape: ObjectShape
  parts: PrivateShapes
}>

/** A kind of event: call it to make one, read it to know its shapes. */
export type EventKind<
  D extends ObjectShape = ObjectShape,
  P extends PrivateShapes = PrivateShapes,
> = ((data: z.output<D>, parts?: PartsOf<P>) => Happened) &
  Readonly<{ event: string; subjectField: string; shape: D; parts: P }>

/**
 * Declares a kind of event.
 * `subjectField` names the id field whose events stay in order; an integer field `version`, where
 * the shape has one, is the subject's row version. `shape` holds public fields only: what is
 * content or personal belongs into `parts`.
 */
export const event = <D extends ObjectShape, P extends PrivateShapes = Record<never, never>>(
  name: string,
  subjectField: keyof z.output<D> & string,
  shape: D,
  parts?: P,
): EventKind<D, P> => {
  const make = (data: z.output<D>, given?: PartsOf<P>): Happened => {
    const fields: Record<string, unknown> = data
    const version = fields['version']
    return {
      name,
      subject: String(fields[subjectField]),
      version: typeof version === 'number' ? version : 0,
      data: fields,
      parts: given ?? {},
    }
  }
  return Object.assign(make, { event: name, subjectField, shape, parts: parts ?? noParts<P>() })
}

// The one cast of this file: a kind declared without parts has none.
const noParts = <P extends PrivateShapes>(): P => ({}) as P
