import { z } from 'zod'

/** What a worker is told once, at its start. */
export const Orders = z.strictObject({
  name: z.string(),
  url: z.string(),
  key: z.string(),
  project: z.string(),
  leaseS: z.int(),
  waitS: z.int(),
})
export type Orders = z.infer<typeof Orders>

/** Where a worker stops and waits for its death: holding a task, or in the middle of a call. */
export const HOLDS = ['after claim', 'during update'] as const

/** What the crew tells a worker while it works. */
export const Command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('begin') }),
  z.strictObject({ do: z.literal('work') }),
  z.strictObject({ do: z.literal('hold'), when: z.enum(HOLDS) }),
  z.strictObject({ do: z.literal('end') }),
])
export type Command = z.infer<typeof Command>

const lease = z.string()

/** What a worker reports: only what the hub has acknowledged, with the worker's own times. */
export const Report = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  /** `ms`: how long the claim took; `null` when it waited for work on purpose. */
  z.strictObject({ kind: z.literal('claimed'), lease, at: z.number(), ms: z.number().nullable() }),
  z.strictObject({ kind: z.literal('holding'), lease }),
  z.strictObject({ kind: z.literal('noted'), lease, note: z.string() }),
  z.strictObject({ kind: z.literal('finished'), lease, summary: z.string(), at: z.number() }),
  /** Nothing was ready from `asked` to the answer. */
  z.strictObject({ kind: z.literal('idle'), asked: z.number(), text: z.string() }),
  /** The hub was busy and said when to come again. */
  z.strictObject({ kind: z.literal('waited') }),
  z.strictObject({ kind: z.literal('failed'), text: z.string() }),
])
export type Report = z.infer<typeof Report>

/** The present moment, comparable between the processes of one machine. */
export const wallMs = (): number => performance.timeOrigin + performance.now()
