import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { CallKey, CallView } from '../contract.ts'
import type { HubNeeds } from './hub-ports.ts'
import { endOfCall } from './read-result.ts'

/** Gives the result of a call, or waits for it while it is under way. */
export const getToolCall = operation<HubNeeds>()({
  name: 'tools.get_tool_call',
  about: 'Give the result of one of your calls; waits while it is under way or to be approved.',
  input: z.strictObject({ key: CallKey, part: z.int().min(1).max(1_000).default(1) }),
  output: CallView,
  access: 'tool:read',
  effect: 'outside',
  http: 'POST /tool-calls/:key/result',
  mcp: null,
  say: ({ text }) => text,
  run: ({ key, part }, words) => endOfCall(key, part, words),
})
