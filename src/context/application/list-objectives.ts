import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorNumber, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { ObjectiveView } from '../contract.ts'
import { seenParent } from '../domain/sight.ts'
import { measureObjectives, objectiveKey } from './measure-objectives.ts'
import type { ContextNeeds } from './ports.ts'
import { seeObjectives } from './see-objectives.ts'

/** Lists objectives with their progress, in the order they were made. */
export const listObjectives = operation<ContextNeeds>()({
  name: 'context.list_objectives',
  about: 'List objectives with their progress.',
  input: z.strictObject({
    archived: z.boolean().optional().describe('Also those that are archived'),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().max(2_000).optional(),
  }),
  output: z.object({
    items: z.array(ObjectiveView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'objective:read',
  effect: 'read',
  http: 'GET /objectives',
  mcp: null,
  cached: true,
  say: ({ items, total, next }) => {
    const lines = items.map(({ id, parent, progress, title }) =>
      [id, parent === null ? '' : `<-${parent}`, `${progress}%`, title].filter(Boolean).join(' '),
    )
    const more = next === null ? [] : [`${items.length} of ${total}, more: ${next}`]
    return lines.length === 0 ? 'No objectives.' : [...lines, ...more].join('\n')
  },
  async run({ archived = false, limit, cursor }, words) {
    const { objectives, people, visible } = words
    const [all, aligned] = await Promise.all([objectives.all(archived), objectives.alignments()])
    const { progress, tasks } = await measureObjectives(words, all, aligned)
    const { seen, places } = seeObjectives({ rows: all, aligned, tasks }, visible)
    const rows = all.filter(({ id }) => seen.has(id))
    const after = cursor === undefined ? 0 : cursorNumber(cursor)
    const rest = rows.filter(({ number }) => number > after)
    const page = rest.slice(0, limit)
    const names = await people.handles(page.flatMap(({ owner }) => (owner === null ? [] : [owner])))
    const byId = new Map(all.map((row) => [row.id, row]))
    const items = page.map((row) => {
      const parent = byId.get(seenParent(row, byId, seen) ?? '')
      return {
        ...{ id: objectiveKey(row), title: row.title, weight: row.weight, metric: row.metric },
        parent: parent === undefined ? null : objectiveKey(parent),
        due: row.due === null ? null : new Date(row.due).toISOString(),
        owner: row.owner === null ? null : (names.get(row.owner)?.handle ?? null),
        places: places.filter((one) => one.objectiveId === row.id).map(({ at }) => at),
        progress: progress.get(row.id) ?? 0,
        archived: row.archivedAt !== null,
        version: row.version,
      }
    })
    const last = page.at(-1)
    const next = last && rest.length > limit ? cursorOf([last.number]) : null
    return { items, total: rows.length, next }
  },
})
