import { z } from 'zod'
import { isRecord } from '../../src/interface/http/input.ts'
import type { AnyEventKind } from '../../src/kernel/event.ts'
import type { Room } from '../../src/platform/room.ts'
import { code, type Page, pageOf, table } from './markdown.ts'
import { shapeLine } from './shape.ts'

const ABOUT = `What happened, as \`GET /v1/stream\`, \`/v1/ws\` and \`guildhall events\` show it. A
reader sees the events whose permission they hold. Events of one subject arrive in their order.

*Public* fields stand in the ledger for ever. *Content* and *personal* fields are kept beside it,
and can be erased without breaking its seal.`

/** Writes the page of all events. */
export const eventsPage = (rooms: readonly Room[]): Page =>
  pageOf('events.md', 'Events', [
    ABOUT,
    ...rooms.flatMap((room) => {
      const events = eventsOf(room)
      if (events.length === 0) return []
      return [`## ${room.name}`, ...events.flatMap((one) => section(one, rooms))]
    }),
  ])

type Event = Readonly<{ kind: AnyEventKind; permission: string }>

const eventsOf = (room: Room): readonly Event[] =>
  Object.entries(room.events)
    .flatMap(([permission, kinds]) => kinds.map((kind) => ({ kind, permission })))
    .toSorted((a, b) => (a.kind.event < b.kind.event ? -1 : 1))

const section = ({ kind, permission }: Event, rooms: readonly Room[]): string[] => {
  const reactions = rooms
    .flatMap((room) => room.reactions ?? [])
    .filter(({ events }) => events.some(({ event }) => event === kind.event))
    .map(({ name }) => code(name))
  const follows = reactions.length === 0 ? '' : ` Followed by ${reactions.join(', ')}.`
  const { content, personal } = kind.parts
  const rows = [
    ...fieldRows(kind.shape, 'public'),
    ...(content ? fieldRows(content, 'content') : []),
    ...(personal ? fieldRows(personal, 'personal') : []),
  ]
  return [
    `### ${kind.event}`,
    `Subject ${code(kind.subjectField)}; read with ${code(permission)}.${follows}`,
    table(['Field', 'Type', 'Kept as'], rows),
  ]
}

const fieldRows = (shape: z.ZodType, kept: string): readonly (readonly string[])[] => {
  const schema: unknown = z.toJSONSchema(shape, { io: 'output', unrepresentable: 'any' })
  if (!isRecord(schema) || !isRecord(schema['properties'])) return []
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const named = isRecord(schema['$defs']) ? schema['$defs'] : {}
  return Object.entries(schema['properties']).map(([name, field]) => {
    const mark = required.includes(name) ? '' : ' (optional)'
    return [`${code(name)}${mark}`, code(shapeLine(field, named)), kept]
  })
}
