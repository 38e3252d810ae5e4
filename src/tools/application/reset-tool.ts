import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Slug } from '../contract.ts'
import { BreakerClosed } from '../events.ts'
import type { HubNeeds } from './hub-ports.ts'
import { serverNamed } from './views.ts'

/** Lets calls of a server through at once that were held back after failures. */
export const resetTool = operation<HubNeeds>()({
  name: 'tools.reset_tool',
  about: 'Let calls of a server through again at once, after it failed too often.',
  input: z.strictObject({ slug: Slug }),
  output: z.object({ slug: Slug }),
  access: 'tool:write',
  effect: 'write',
  http: 'POST /tool-servers/:slug/reset',
  mcp: null,
  say: ({ slug }) => `${slug}: calls pass again`,
  async run({ slug }, { catalogue, outside, emit }) {
    const upstream = serverNamed(await catalogue(), slug)
    outside.reset(upstream)
    emit(BreakerClosed({ upstreamId: upstream.id, slug }))
    return { slug }
  },
})
