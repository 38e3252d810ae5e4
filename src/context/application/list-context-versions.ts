import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorNumber, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { span } from '../../kernel/text.ts'
import { At, VersionLine, VersionView } from '../contract.ts'
import { pathsOf, versionOf } from '../domain/history.ts'
import { findSpot, scopeOf } from './find-spot.ts'
import type { ContextNeeds, KeptChange } from './ports.ts'

/** Writes of one node that can be looked at; older ones are in the ledger's export. */
const VERSIONS_MAX = 1_000
/** Paths that one line names. */
const PATHS_MAX = 20

/** Lists what was written at a place, newest first. */
export const listContextVersions = operation<ContextNeeds>()({
  name: 'context.list_context_versions',
  about: 'List the versions of what a place says, newest first.',
  input: z.strictObject({
    at: At.describe('global, GH, GH/main or GH-12'),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().max(2_000).optional(),
  }),
  output: z.object({
    at: z.string(),
    items: z.array(VersionLine),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'context:read',
  effect: 'read',
  http: 'GET /context/versions',
  mcp: null,
  scope: scopeOf,
  say: ({ items, next }, { now }) => {
    const lines = items.map(({ version, writtenAt, by, changed, erased }) => {
      const what = erased ? '(erased)' : changed.join(' ')
      return `v${version} ${span(now - Date.parse(writtenAt))} ago @${by ?? 'unknown'} ${what}`
    })
    return [...lines, ...(next === null ? [] : [`more: ${next}`])].join('\n') || 'Nothing yet.'
  },
  async run({ at, limit, cursor }, words) {
    const spot = await findSpot(words, at)
    const own = (await words.nodes.read(spot.steps.slice(-1))).at(-1)
    const id = own?.id ?? null
    const all = id === null ? [] : await words.history.changes(id, VERSIONS_MAX)
    const before = cursor === undefined ? null : cursorNumber(cursor)
    const rest = before === null ? all : all.filter(({ version }) => version < before)
    const page = rest.slice(0, limit)
    const writers = page.flatMap(({ by }) => (by === null ? [] : [by]))
    const names = await words.people.handles([...new Set(writers)])
    const last = page.at(-1)
    return {
      at: spot.at,
      items: page.map((change) => ({
        ...lineOf(change),
        by: change.by === null ? null : (names.get(change.by)?.handle ?? null),
      })),
      total: all.length,
      next: last && rest.length > limit ? cursorOf([last.version]) : null,
    }
  },
})

const lineOf = (change: KeptChange) => {
  const paths = pathsOf(change)
  return {
    version: change.version,
    writtenAt: new Date(change.at).toISOString(),
    changed: paths.slice(0, PATHS_MAX),
    changes: paths.length,
    erased: change.set === null,
  }
}

/** Shows what a place said in one of its versions. */
export const getContextVersion = operation<ContextNeeds>()({
  name: 'context.get_context_version',
  about: 'Show what a place said in one of its versions.',
  input: z.strictObject({
    version: z.int().refine((version) => version > 0 && version < 2 ** 31, {
      error: 'is a version such as 3',
    }),
    at: At.describe('global, GH, GH/main or GH-12'),
  }),
  output: VersionView,
  access: 'context:read',
  effect: 'read',
  http: 'GET /context/versions/:version',
  mcp: null,
  scope: scopeOf,
  say: ({ at, version, data, whole }) =>
    `${at} v${version}${whole ? '' : ' (parts are gone)'}\n${JSON.stringify(data)}`,
  async run({ at, version }, words) {
    const spot = await findSpot(words, at)
    const own = (await words.nodes.read(spot.steps.slice(-1))).at(-1)
    if (own === undefined || own.id === null || version > own.version) {
      throw notFound(`Version ${version} of ${spot.at}`)
    }
    const changes = await words.history.changes(own.id, VERSIONS_MAX)
    const isKept = version === own.version || changes.some((one) => one.version === version)
    if (!isKept) throw putAway(spot.at, version)
    return { at: spot.at, version, ...versionOf(changes.toReversed(), version, own) }
  },
})

const putAway = (at: string, version: number) => {
  const message = `Version ${version} of ${at} is too old to be shown here; export the ledger.`
  return refuse('not_found', 'context.version_put_away', message, { version })
}
