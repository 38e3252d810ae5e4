import { z } from 'zod'
import { event } from '../../kernel/event.ts'

/** A key was replaced: both let in until the old one ends. */
export const KeyRotated = event(
  'identity.key_rotated',
  'keyId',
  z.object({
    keyId: z.uuid(),
    replacedBy: z.uuid(),
    principalId: z.uuid(),
    /** When the old one ends, in milliseconds since 1970. */
    endsAt: z.int(),
  }),
)

/** Another person answers for an agent or a service. */
export const ResponsibleChanged = event(
  'identity.responsible_changed',
  'principalId',
  z.object({
    principalId: z.uuid(),
    responsibleId: z.object({ from: z.uuid().nullable(), to: z.uuid() }),
    version: z.int(),
  }),
)

/** An agent may hold more or fewer tasks at a time. */
export const SeatsChanged = event(
  'identity.seats_changed',
  'principalId',
  z.object({
    principalId: z.uuid(),
    seats: z.object({ from: z.int().nullable(), to: z.int() }),
    version: z.int(),
  }),
)
