import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { SecretPlace, SecretView } from '../contract.ts'
import type { ToolsNeeds } from './ports.ts'
import { placeOf, projectIdOf, viewOf } from './secret-place.ts'

/** Lists secrets without their values. */
export const listSecrets = operation<ToolsNeeds>()({
  name: 'tools.list_secrets',
  about: 'List secrets by name: never their values, but by what people know them.',
  input: z.strictObject({
    project: SecretPlace.optional(),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().max(2_000).optional(),
  }),
  output: z.object({
    items: z.array(SecretView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'secret:read',
  effect: 'read',
  http: 'GET /secrets',
  mcp: null,
  scope: placeOf,
  say: ({ items, total, next }) => {
    const lines = items.map(({ name, project, version, last4 }) =>
      [project ?? 'all', name, `v${version}`, ...(last4 === null ? [] : [`..${last4}`])].join(' '),
    )
    const more = next === null ? [] : [`${items.length} of ${total}, more: ${next}`]
    return lines.length === 0 ? 'No secrets.' : [...lines, ...more].join('\n')
  },
  async run({ project, limit, cursor }, { secrets, projects, visible }) {
    const [name, id] = cursor === undefined ? [] : cursorValues(cursor, 2)
    const page = await secrets.list({
      projectId: await projectIdOf({ projects }, project),
      visible: project === undefined ? visible : null,
      after: name === undefined ? null : [String(name), String(id)],
      limit: limit + 1,
    })
    const rows = page.rows.slice(0, limit)
    const keys = await projects.keysOf(rows.flatMap(({ projectId }) => projectId ?? []))
    const last = rows.at(-1)
    return {
      items: rows.map((row) => viewOf(row, keys.get(row.projectId ?? '') ?? null)),
      total: page.total,
      next: last && page.rows.length > limit ? cursorOf([last.name, last.id]) : null,
    }
  },
})
