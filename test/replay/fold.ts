import type { LiveEvent } from '../../src/kernel/hall.ts'
import type { Card } from '../../src/work/contract.ts'

// What a client can know of a card by events alone: people are ids, the estimate is in hundredths,
// and of a block it is known that there is one. `ready` follows from the rest.

/** A card in the words of events. */
export type Fact = Readonly<Record<string, unknown>>
/** The cards of an organisation by their task's id. */
export type Facts = ReadonlyMap<string, Fact>

/** Writes a card that was read in the words of events. */
export const factOf = (card: Card, idOf: ReadonlyMap<string, string>): Fact => {
  const { points, blocked, assignee, delegate, holder, labels, ...same } = card
  const id = (handle: string | null) => (handle === null ? null : (idOf.get(handle) ?? handle))
  return {
    ...same,
    labels: [...labels],
    estimate: points === null ? null : Math.round(points * 100),
    blocked: blocked !== null,
    assignee: id(assignee),
    delegate: id(delegate),
    holder: id(holder),
  }
}

const FIELDS = new Set([
  ...['branch', 'type', 'title', 'column', 'category', 'priority', 'rank', 'estimate', 'assignee'],
  ...['delegate', 'holder', 'labels', 'sprint', 'parent', 'blocked', 'openBlockers', 'heldAbove'],
  ...['openChildren', 'progress', 'archived'],
])

/** Applies events, in their order, to cards that were read before or while they happened. */
export const fold = (before: Facts, events: readonly LiveEvent[]): Facts => {
  const facts = new Map(before)
  for (const event of events) {
    if (!event.name.startsWith('work.task_')) continue
    const known = facts.get(event.id)
    const older = event.version > 0 && event.version <= Number(known?.['version'] ?? 0)
    if (!older) applyOwn(facts, event, known)
    applyAround(facts, event)
  }
  return facts
}

const applyOwn = (facts: Map<string, Fact>, event: LiveEvent, known: Fact | undefined): void => {
  const { id, version, data } = event
  if (isFact(data['card'])) {
    const card = only({ ...data['card'], title: data['title'] })
    facts.set(id, ready({ ...card, id, key: data['key'], version }))
    return
  }
  if (known) facts.set(id, ready({ ...known, ...patchOf(event), ...(version > 0 && { version }) }))
}

const patchOf = ({ name, data }: LiveEvent): Fact => {
  const set = isFact(data['set']) ? only(data['set']) : {}
  const title = typeof data['title'] === 'string' ? { title: data['title'] } : {}
  const place = {
    ...(typeof data['to'] === 'string' && { column: data['to'], category: data['category'] }),
    ...(typeof data['rank'] === 'string' && { rank: data['rank'] }),
  }
  switch (name) {
    case 'work.task_claimed':
      return { ...place, holder: data['holder'], ...set }
    case 'work.task_taken_over':
      // Who takes over answers for it from then on.
      return { ...place, holder: data['holder'], assignee: data['holder'], ...set }
    case 'work.task_ended': {
      const whole = data['category'] === 'completed' ? { progress: 100 } : {}
      return { ...place, ...whole, holder: null, blocked: data['blocked'], ...set }
    }
    case 'work.task_handed_back':
      return { ...place, holder: null, delegate: data['delegate'], ...set }
    case 'work.task_parked':
      return { ...place, holder: null, ...set }
    case 'work.task_noted':
      return typeof data['progress'] === 'number' ? { progress: data['progress'] } : {}
    default:
      return { ...place, ...title, ...set }
  }
}

const applyAround = (facts: Map<string, Fact>, { data }: LiveEvent): void => {
  const { around } = data
  if (!Array.isArray(around)) return
  for (const change of around) {
    if (!isFact(change)) continue
    const fact = facts.get(String(change['id']))
    if (!fact) continue
    const plus = (field: string, by: unknown) => Number(fact[field]) + Number(by ?? 0)
    facts.set(
      String(change['id']),
      ready({
        ...fact,
        openBlockers: plus('openBlockers', change['blockers']),
        heldAbove: plus('heldAbove', change['above']),
        openChildren: plus('openChildren', change['children']),
      }),
    )
  }
}

const only = (fact: Fact): Fact =>
  Object.fromEntries(Object.entries(fact).filter(([name]) => FIELDS.has(name)))

const isFact = (value: unknown): value is Fact => typeof value === 'object' && value !== null

const ready = (fact: Fact): Fact => ({
  ...fact,
  ready:
    fact['category'] === 'unstarted' &&
    fact['openBlockers'] === 0 &&
    fact['heldAbove'] === 0 &&
    fact['openChildren'] === 0 &&
    fact['blocked'] === false &&
    fact['archived'] === false,
})
