import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { At, WrittenView } from '../contract.ts'
import { scopeOf } from './find-spot.ts'
import type { ContextNeeds } from './ports.ts'
import { sayWritten, writeAt } from './write-context.ts'

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
  say: sayWritten,
  run: ({ at, data, version }, words) =>
    writeAt(words, at, { path: '', data, whole: true, version }),
})
