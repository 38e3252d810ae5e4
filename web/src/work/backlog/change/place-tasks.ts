import type { Card } from '../../../../../src/work/contract.ts'
import type { Hall, Project } from '../../../live/hall.ts'
import { whyOf } from '../../../live/own/why-of.ts'
import type { Group } from '../group/groups.ts'
import { sendMove } from '../../moves.ts'
import { inTurn } from './in-turn.ts'
import { type Edit, type Patch, sendEdits } from './send.ts'
import { type Target, targetOf } from './targets.ts'
import { homeOf, type Near, offerBack, sendChange } from './way-back.ts'

/** Where tasks go: a group, and there before the task that is shown at a place now. */
export type Placement = Readonly<{
  project: Project
  ids: readonly string[]
  group: Group
  /** `null`: into the group, and its rank stays as it is. */
  index: number | null
}>

type Step = Readonly<{ card: Card; target: Target; near: Near | null; shown: Edit['shown'] }>

/**
 * Puts tasks into a group and at a place within it: shows it at once, then asks the hub; a refusal
 * puts them back and shows the hub's sentence. Drag, menu and keys all end here.
 */
export const placeTasks = async (hall: Hall, placement: Placement): Promise<boolean> => {
  const { store, notices } = hall
  const steps = stepsOf(hall, placement)
  if (steps.length === 0) return true
  for (const { card, shown } of steps) store.cards.lay(card.id, shown)
  const lift = (): void => {
    for (const { card, shown } of steps) store.cards.lift(card.id, shown)
  }
  // What was done stands at its new place now, not with the next frame.
  hall.topics.flush()
  try {
    await inTurn(hall, () => send(hall, steps, placement))
    lift()
    return true
  } catch (thrown) {
    lift()
    for (const { card } of steps) store.reread(card.key)
    notices.show('bad', whyOf(thrown))
    return false
  }
}

const send = async (hall: Hall, steps: readonly Step[], placement: Placement): Promise<void> => {
  const [only, second] = steps
  if (only !== undefined && second === undefined) return placeOne(hall, only, placement)
  await placeMany(hall, steps)
  hall.notices.say(saidOf(steps, placement))
}

// One task can be taken back: its fields and its place, under the version that this makes.
const placeOne = async (hall: Hall, step: Step, placement: Placement): Promise<void> => {
  const { project } = placement
  const { card, target, near } = step
  const before = hall.store.cards.confirmed(card.id) ?? card
  const home = near === null ? null : homeOf(hall, before, project)
  const there = {
    patch: patchOf(step),
    move: near === null ? null : { to: target.column, ...near },
  }
  const isLeft = home === null && before.column !== target.column
  const back = {
    patch: {
      ...(before.sprint !== target.sprint && { sprint: before.sprint }),
      ...(isLeft && { status: before.column }),
    },
    move: home === null ? null : { to: before.column, ...home },
  }
  const made = await sendChange(hall, card.key, there)
  if (made === before.version) return
  offerBack(hall, { card, said: saidOf([step], placement), there, back }, made)
}

const placeMany = async (hall: Hall, steps: readonly Step[]): Promise<void> => {
  await sendEdits(hall, steps.flatMap(editOf))
  for (const { card, target, near } of steps) {
    if (near !== null) await sendMove(hall, card.key, { to: target.column, ...near })
  }
}

const stepsOf = ({ store }: Hall, placement: Placement): readonly Step[] => {
  const { ids, group, index, project } = placement
  const going = new Set(ids)
  const cards = ids.flatMap((id) => store.cards.get(id) ?? [])
  const rest = group.ids.slice(index ?? 0).find((id) => !going.has(id))
  const above = group.ids.slice(0, index ?? 0).findLast((id) => !going.has(id))
  const next = index === null || rest === undefined ? undefined : store.cards.get(rest)
  let last = index === null || above === undefined ? undefined : store.cards.get(above)
  let rank = last?.rank ?? ''
  const steps: Step[] = []
  for (const card of cards) {
    const target = targetOf(card, group.place, project)
    const near = nearOf(last, next, steps.length === 0)
    // The hub alone gives out ranks; until it has, a card stands right behind the one above it. No
    // rank has a character below the digits, so such a text fits between any two of them.
    rank = near === null ? card.rank : `${rank}\u0001`
    const { sprint, column, category } = target
    steps.push({ card, target, near, shown: { sprint, column, category, rank } })
    if (near !== null) last = card
  }
  return isNothing(steps, placement) ? [] : steps
}

const nearOf = (last: Card | undefined, next: Card | undefined, isFirst: boolean): Near | null => {
  if (isFirst && next !== undefined) return { before: next.key }
  return last === undefined ? null : { after: last.key }
}

// Dropped where they stand already: nothing moves.
const isNothing = (steps: readonly Step[], { group, index }: Placement): boolean => {
  if (steps.some(({ card, target }) => isOther(card, target))) return false
  if (index === null) return true
  const [first] = steps
  const here = first === undefined ? -1 : group.ids.indexOf(first.card.id)
  const isInOrder = steps.every(({ card }, at) => group.ids[here + at] === card.id)
  return isInOrder && index >= here && index <= here + steps.length
}

const isOther = (card: Card, { sprint, column }: Target): boolean =>
  card.sprint !== sprint || card.column !== column

const editOf = (step: Step): readonly Edit[] => {
  const patch = patchOf(step)
  return Object.keys(patch).length === 0 ? [] : [{ card: step.card, patch, shown: step.shown }]
}

// A move to a place takes the column along; without one it travels with the fields.
const patchOf = ({ card, target, near }: Step): Patch => ({
  ...(card.sprint !== target.sprint && { sprint: target.sprint }),
  ...(near === null && card.column !== target.column && { status: target.column }),
})

const saidOf = (steps: readonly Step[], { group, index }: Placement): string => {
  const [first] = steps
  const what = steps.length === 1 ? (first?.card.key ?? '') : `${steps.length} tasks`
  const place = index === null || steps.length > 1 ? '' : `, position ${index + 1}`
  return `${what} moved to ${group.name}${place}`
}
