import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { RotationView } from '../contract.ts'
import type { ToolsNeeds } from './ports.ts'
import { rotationView, sayRotation } from './rotate-keys.ts'

/** Tells how far a change of keys has come. */
export const getRotation = operation<ToolsNeeds>()({
  name: 'tools.get_rotation',
  about: 'Tell how far a change of keys has come.',
  input: z.strictObject({ id: z.uuid() }),
  output: RotationView,
  access: 'secret:read',
  effect: 'read',
  orgWide: true,
  http: 'GET /secrets/rotations/:id',
  mcp: null,
  say: (rotation) => sayRotation(rotation),
  async run({ id }, { rotations }) {
    const rotation = await rotations.get(id)
    if (rotation === null) throw notFound('This rotation')
    return rotationView(rotation)
  },
})
