import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { JsonObject } from '../contract.ts'
import type { HubTool } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import { nativeBody, profileMarks, profileOffers } from './native-body.ts'
import { profileFor } from './native-profile.ts'
import { RESULT_DEFINITION } from './read-result.ts'

/** The name of a profile, as it stands in an address. */
export const ProfileName = z.string().min(1).max(64)

const Marked = z.object({
  header: z.string(),
  path: z.array(z.string()),
  type: z.enum(['string', 'integer', 'boolean']),
})

/** Shows what clients of a profile list, as far as the caller may use it. */
export const showProfile = operation<HubNeeds>()({
  name: 'tools.show_tool_profile',
  about: 'Show what clients of a profile list: tools, prompts and resources with their schemas.',
  input: z.strictObject({
    name: ProfileName,
    known: z.string().max(64).optional().describe('The mark of lists that are at hand'),
  }),
  output: z.object({
    name: z.string(),
    raw: z.boolean(),
    /** Equal for equal lists. */
    mark: z.string(),
    offers: z.object({ logging: z.boolean(), completions: z.boolean(), subscribe: z.boolean() }),
    /** Arguments that travel as headers too, by tool. */
    marks: z.record(z.string(), z.array(Marked)),
    /** Null where they are at hand. */
    lists: z
      .object({
        tools: z.array(JsonObject),
        prompts: z.array(JsonObject),
        resources: z.array(JsonObject),
        templates: z.array(JsonObject),
      })
      .nullable(),
  }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-profiles/:name',
  mcp: null,
  cached: ({ known }) => known !== undefined,
  say: ({ lists }) => lists?.tools.map(({ name }) => String(name)).join('\n') || 'No tools.',
  async run({ name, known }, words) {
    const profile = await profileFor(name, words)
    const { raw } = profile
    const mark = profile.marks.all
    const bodies = (all: ReadonlyMap<string, HubTool>) =>
      [...all].map(([listed, one]) => nativeBody(listed, one, raw))
    const lists = () => ({
      tools: [...bodies(profile.tools), RESULT_DEFINITION].toSorted(byName),
      prompts: bodies(profile.prompts),
      resources: bodies(profile.resources),
      templates: bodies(profile.templates),
    })
    return {
      ...{ name, raw, mark, offers: profileOffers(profile), marks: marksOf(profileMarks(profile)) },
      lists: known === mark ? null : lists(),
    }
  },
})

const byName = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) =>
  String(a['name']) < String(b['name']) ? -1 : 1

const marksOf = (marks: ReturnType<typeof profileMarks>) =>
  Object.fromEntries(
    Object.entries(marks).map(([tool, all]) => [
      tool,
      all.map(({ header, path, type }) => ({ header, path: [...path], type })),
    ]),
  )
