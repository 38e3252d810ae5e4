import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { At, PreviewView } from '../contract.ts'
import { CHARS_PER_TOKEN, composeContext, CONTEXT_TOKENS_MAX } from '../domain/render.ts'
import { findSpot, scopeOf } from './find-spot.ts'
import type { ContextNeeds } from './ports.ts'
import { resolveContext } from './resolve-context.ts'

/** Keys that are named of those which had no room. */
const NAMED_MAX = 100

/** Shows the context part of a brief as an agent gets it, and what it has no room for. */
export const previewContext = operation<ContextNeeds>()({
  name: 'context.preview_context',
  about: 'Show the context of a place as agents get it in a brief, and what was cut.',
  input: z.strictObject({ at: At.describe('global, GH, GH/main or GH-12') }),
  output: PreviewView,
  access: 'context:read',
  effect: 'read',
  http: 'GET /context/preview',
  mcp: null, // agents get it with their brief
  cached: true,
  scope: scopeOf,
  say: ({ text, tokens, tokensMax }) => `${text}\n(about ${tokens} of ${tokensMax} tokens)`,
  async run({ at }, words) {
    const spot = await findSpot(words, at)
    const { shared, full, digest } = resolveContext(await words.nodes.read(spot.steps))
    const { text, cut, left } = composeContext({ at: spot.at, digest, shared, full })
    return {
      ...{ at: spot.at, digest, text, tokensMax: CONTEXT_TOKENS_MAX },
      tokens: Math.ceil(text.length / CHARS_PER_TOKEN),
      cut: cut.slice(0, NAMED_MAX),
      left: left.slice(0, NAMED_MAX),
    }
  },
})
