import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { shorten } from '../../kernel/text.ts'
import { At, WrittenView } from '../contract.ts'
import { findSpot, refuseGlobalChange, refuseOutsideHands, scopeOf } from './find-spot.ts'
import type { ContextNeeds } from './ports.ts'
import { writeNode } from './write-context.ts'

/** Writes all that a place says, over the version that the writer has read. */
export const replaceContext = operation<ContextNeeds>()({
  name: 'context.replace_context',
  about: 'Replace all that a place says, over the version that was read.',
  input: z.strictObject({
    at: At.describe('global, GH, GH/main or GH-12'),
    data: z.record(z.string(), z.unknown()),
    version: z.int().min(0).describe('The version that was read; 0 before the first write'),
  }),
  output: WrittenView,
  access: 'context:write',
  effect: 'write',
  http: 'PUT /context',
  mcp: null, // agents write what they mean with context write
  scope: scopeOf,
  say: ({ at, version, changed }) => {
    if (changed.length === 0) return `${at} context v${version}, nothing new`
    return shorten(`${at} context v${version}: ${changed.join(' ')}`, 120)
  },
  async run({ at, data, version }, words) {
    const spot = await findSpot(words, at)
    await refuseOutsideHands(words, spot)
    refuseGlobalChange(spot, words.visible, 'context:write')
    const nodes = await words.nodes.lock(spot.steps)
    const by = words.call.actor.id
    return writeNode(words, spot, { nodes, write: { path: '', data, whole: true, version, by } })
  },
})
