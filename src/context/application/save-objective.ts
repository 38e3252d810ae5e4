import { z } from 'zod'
import { HandleIn } from '../../identity/contract.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { At, MetricShape, ObjectiveKey, ObjectiveSaved, Weight } from '../contract.ts'
import { readText } from '../domain/node.ts'
import { checkObjective, checkObjectivePlace } from '../domain/objective.ts'
import { findSpot, ownId } from './find-spot.ts'
import { objectiveKey } from './measure-objectives.ts'
import type { Aligned, ContextNeeds, StoredObjective } from './ports.ts'

/** Most objectives of an organisation that are not archived. */
export const OBJECTIVES_MAX = 1_000
/** Most places that align with one objective by themselves. */
const PLACES_MAX = 100

const Input = z.strictObject({
  id: ObjectiveKey.optional().describe('Left out: a new one'),
  title: z.string().max(300).optional(),
  weight: Weight.optional(),
  parent: ObjectiveKey.nullable().optional(),
  metric: MetricShape.nullable().optional(),
  due: z.iso.datetime({ offset: true }).nullable().optional(),
  owner: HandleIn.nullable().optional(),
  places: z
    .array(At)
    .max(PLACES_MAX)
    .optional()
    .describe('Projects and branches that align with it; replaces the list'),
  version: z.int().min(1).optional(),
})

/** Makes an objective or changes the given fields of one. */
export const saveObjective = operation<ContextNeeds>()({
  name: 'context.save_objective',
  about: 'Create an objective, or change the given fields of one.',
  input: Input,
  output: z.object({ id: ObjectiveKey, title: z.string(), version: z.int() }),
  access: 'objective:write',
  effect: 'write',
  http: 'POST /objectives',
  mcp: null,
  orgWide: true,
  say: ({ id, title, version }) => `${id} v${version} ${title}`,
  async run(input, words) {
    const { objectives } = words
    // Locked before it is read: two moves, each right by itself, could close a circle.
    await objectives.lockTree()
    const tree = await objectives.all(false)
    const before = input.id === undefined ? null : liveOf(tree, input.id)
    if (before !== null) refuseStale(before, input.version)
    if (before === null && tree.length >= OBJECTIVES_MAX) throw tooMany()
    const next = await changed(before, input, { words, tree })
    checkObjective(next)
    checkObjectivePlace(next, tree)
    if (before === null) await objectives.add(next)
    else await objectives.save(next)
    if (input.places !== undefined) {
      await objectives.align(next.id, await alignable(words, input.places))
    }
    const aligned = (await objectives.alignments()).filter((one) => one.objectiveId === next.id)
    words.emit(savedEvent(next, { tree, places: aligned.map(({ at }) => at) }))
    return { id: objectiveKey(next), title: next.title, version: next.version }
  },
})

/** Finds an objective of the tree by its short key, or refuses. */
export const liveOf = (tree: readonly StoredObjective[], key: string): StoredObjective => {
  const found = tree.find((one) => objectiveKey(one) === key)
  if (found === undefined) throw notFound(key)
  return found
}

/** Refuses a change made on an older version than the one that is kept. */
export const refuseStale = (before: StoredObjective, version: number | undefined): void => {
  if (version === undefined || version === before.version) return
  const key = objectiveKey(before)
  const message = `${key} is at version ${before.version}; read it again, then decide.`
  throw refuse('conflict', 'context.objective_changed', message, { current: before.version })
}

/** Makes the event of a saved or archived objective. */
export const savedEvent = (
  { id, number, parentId, title, weight, metric, due, owner, ...rest }: StoredObjective,
  { tree, places }: Readonly<{ tree: readonly StoredObjective[]; places: readonly string[] }>,
) => {
  const parent = tree.find((one) => one.id === parentId)
  const event = {
    ...{ objectiveId: id, key: objectiveKey({ number }), projectId: null, due, ownerId: owner },
    ...{ parent: parent ? objectiveKey(parent) : null },
    ...{ archived: rest.archivedAt !== null, version: rest.version },
  }
  const written = metric && {
    unit: metric.unit,
    ...{ start: `${metric.start}`, target: `${metric.target}`, current: `${metric.current}` },
  }
  const content = { title, weight: `${weight}`, metric: written, places: [...places] }
  return ObjectiveSaved(event, { content })
}

type Given = z.output<typeof Input>
type Around = Readonly<{ words: ContextNeeds & Words; tree: readonly StoredObjective[] }>

const changed = async (
  before: StoredObjective | null,
  { title, weight, parent, metric, due, owner }: Given,
  { words, tree }: Around,
): Promise<StoredObjective> => {
  const { call, objectives } = words
  const fresh = async (): Promise<StoredObjective> => ({
    ...{ id: call.newId(), number: await objectives.nextNumber(), parentId: null, title: '' },
    ...{ weight: 1, metric: null, due: null, owner: null, archivedAt: null, version: 0 },
  })
  const row = before ?? (await fresh())
  return {
    ...row,
    ...(title !== undefined && { title: readText(title, 'title').trim() }),
    ...(weight !== undefined && { weight }),
    ...(parent !== undefined && { parentId: parent === null ? null : liveOf(tree, parent).id }),
    ...(metric !== undefined && { metric }),
    ...(due !== undefined && { due: due === null ? null : Date.parse(due) }),
    ...(owner !== undefined && { owner: owner === null ? null : await principalId(words, owner) }),
    version: row.version + 1,
  }
}

const principalId = async ({ people }: ContextNeeds, handle: string): Promise<string> => {
  const known = (await people.byHandle([handle])).get(handle)
  if (known === undefined) throw notFound(`@${handle}`)
  return known.id
}

const alignable = async (
  words: ContextNeeds & Words,
  ats: readonly string[],
): Promise<readonly Omit<Aligned, 'objectiveId'>[]> => {
  const places: Omit<Aligned, 'objectiveId'>[] = []
  for (const at of new Set(ats)) {
    const spot = await findSpot(words, at)
    const { tier, projectId } = spot
    if ((tier !== 'project' && tier !== 'branch') || projectId === null) {
      const message = `${at} is no project and no branch; set the objective of a task on the task.`
      throw refuse('invalid', 'context.not_alignable', message, { at })
    }
    places.push({ atId: ownId(spot), tier, at: spot.at, projectId })
  }
  return places
}

const tooMany = () => {
  const message = `There are ${OBJECTIVES_MAX} objectives already; archive some first.`
  return refuse('conflict', 'context.too_many_objectives', message, { max: OBJECTIVES_MAX })
}
