import fc from 'fast-check'
import type { Card } from '../../src/work/contract.ts'
import type { LiveEvent } from '../../web/src/live/event.ts'
import { isReady } from '../../web/src/live/event.ts'

/** The columns of the model and their categories. */
export const PLACES = {
  Backlog: 'backlog',
  Todo: 'unstarted',
  Doing: 'started',
  Done: 'completed',
} as const
type Column = keyof typeof PLACES
/** The columns in their order. */
export const COLUMNS: readonly Column[] = ['Backlog', 'Todo', 'Doing', 'Done']
const HANDLES: Readonly<Record<string, string>> = { p1: 'ada', p2: 'dev-1' }

/** Makes the card of a task with a number. */
export const cardOf = (number: number, more: Partial<Card> = {}): Card => {
  const card = {
    key: `GH-${number}`,
    id: `id-${number}`,
    branch: 'main',
    type: 'task' as const,
    title: `Task ${number}`,
    column: 'Todo',
    category: 'unstarted' as const,
    priority: 'none' as const,
    rank: `V${number}`,
    points: null,
    assignee: null,
    delegate: null,
    holder: null,
    labels: [],
    sprint: null,
    parent: null,
    blocked: null,
    openBlockers: 0,
    heldAbove: 0,
    openChildren: 0,
    progress: 0,
    archived: false,
    version: 1,
    ...more,
  }
  return { ...card, ready: isReady(card) }
}

/** Something that somebody does at the hub. */
export type Op =
  | Readonly<{ kind: 'create' }>
  | Readonly<{ kind: 'move'; of: number; to: number }>
  | Readonly<{ kind: 'claim'; of: number; who: string }>
  | Readonly<{ kind: 'end'; of: number; outcome: 'done' | 'released' }>
  | Readonly<{ kind: 'progress'; of: number; progress: number }>
  | Readonly<{ kind: 'rename'; of: number; title: string }>
  | Readonly<{ kind: 'comment'; of: number }>

/**
 * Makes a hub in a few lines: each task waits for the one before it; counters move without a
 * version.
 */
export const hubModel = (count: number) => {
  const rows = new Map<string, Card>()
  /** Everything that happened, in its order. */
  const log: LiveEvent[] = []
  const add = (number: number): Card => {
    const before = rows.get(`GH-${number - 1}`)
    const waits = before !== undefined && before.category !== 'completed'
    const card = cardOf(number, { openBlockers: waits ? 1 : 0 })
    rows.set(card.key, card)
    return card
  }
  for (let number = 1; number <= count; number++) add(number)
  const event = (verb: string, { id, key, version }: Card, data: object): LiveEvent => {
    const all = { taskId: id, key, projectId: 'p', version, ...data }
    const pos = log.length + 1
    const name = `work.task_${verb}`
    const happened = { pos, name, id, version, actor: 'p1', at: '', data: all }
    log.push(happened)
    return happened
  }
  const save = (card: Card, change: Partial<Card>): Card => {
    const changed = { ...card, ...change, version: card.version + 1 }
    const saved = { ...changed, ready: isReady(changed) }
    rows.set(card.key, saved)
    return saved
  }
  const place = (card: Card, to: Column, change: Partial<Card>) => {
    const by = Number(card.category === 'completed') - Number(to === 'Done')
    const saved = save(card, { ...change, column: to, category: PLACES[to] })
    const next = rows.get(`GH-${Number(card.key.slice(3)) + 1}`)
    const around = next && by !== 0 ? [{ id: next.id, key: next.key, blockers: by }] : []
    if (next && by !== 0) {
      const counted = { ...next, openBlockers: next.openBlockers + by }
      rows.set(next.key, { ...counted, ready: isReady(counted) })
    }
    return { saved, data: { from: card.column, to, category: PLACES[to], around } }
  }
  const moved = (card: Card, to: Column): LiveEvent => {
    const rank = `V${COLUMNS.indexOf(to)}${card.version}`
    const { saved, data } = place(card, to, { rank })
    return event('moved', saved, { ...data, rank })
  }
  const run = (op: Op): LiveEvent[] => {
    if (op.kind === 'create') {
      const card = add(rows.size + 1)
      return [event('created', card, { card: {}, title: card.title, body: '' })]
    }
    const card = [...rows.values()][op.of % rows.size]
    if (!card) return []
    switch (op.kind) {
      case 'move': {
        const to = COLUMNS[op.to] ?? 'Todo'
        return [moved(card, to)]
      }
      case 'claim': {
        if (card.holder !== null || card.category !== 'unstarted') return []
        const { saved, data } = place(card, 'Doing', { holder: HANDLES[op.who] ?? null })
        return [event('claimed', saved, { ...data, holder: op.who, fence: 1, attempt: 1 })]
      }
      case 'end': {
        if (card.holder === null) return []
        const isDone = op.outcome === 'done'
        const change = isDone ? { progress: 100 } : { delegate: 'ada' }
        const { saved, data } = place(card, isDone ? 'Done' : 'Todo', { ...change, holder: null })
        return [event('ended', saved, { ...data, outcome: op.outcome, blocked: false })]
      }
      case 'progress': {
        const saved = save(card, { progress: op.progress })
        return [event('noted', saved, { what: 'progress', progress: op.progress })]
      }
      case 'rename':
        return [event('changed', save(card, { title: op.title }), { changed: ['title'] })]
      case 'comment':
        return [event('noted', { ...card, version: 0 }, { what: 'comment', text: 'hm' })]
    }
  }
  /** Moves a card for somebody who asked; refuses one that is done already. */
  const move = (key: string, to: string): Card | null => {
    const card = rows.get(key)
    const column = COLUMNS.find((name) => name === to)
    if (card === undefined || column === undefined || card.column === 'Done') return null
    moved(card, column)
    return rows.get(key) ?? null
  }
  return { rows, log, run, move }
}

/** A hub in a few lines. */
export type HubModel = ReturnType<typeof hubModel>

const of = fc.nat({ max: 20 })
/** Things that are done one after the other. */
export const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('create' as const) }),
    fc.record({ kind: fc.constant('move' as const), of, to: fc.nat({ max: 3 }) }),
    fc.record({ kind: fc.constant('claim' as const), of, who: fc.constantFrom('p1', 'p2') }),
    fc.record({
      kind: fc.constant('end' as const),
      of,
      outcome: fc.constantFrom('done' as const, 'released' as const),
    }),
    fc.record({ kind: fc.constant('progress' as const), of, progress: fc.nat({ max: 99 }) }),
    fc.record({ kind: fc.constant('rename' as const), of, title: fc.string({ minLength: 1 }) }),
    fc.record({ kind: fc.constant('comment' as const), of }),
  ),
  { maxLength: 25 },
)

/** Gives what somebody sees who reads everything now. */
export const freshRead = ({ rows }: Pick<HubModel, 'rows'>): readonly Card[] =>
  [...rows.values()].sort(byKey)

/** A store, as far as it shows cards. */
type Shown = Readonly<{ cards: Readonly<{ all(): Iterable<Card> }> }>

/** Gives what a store shows. */
export const keptBy = (store: Shown): readonly Card[] => [...store.cards.all()].sort(byKey)

const byKey = (a: Card, b: Card): number => (a.key < b.key ? -1 : 1)

/** Takes a moment of its own on the way there and on the way back, as a request does. */
export const request = async <T>(s: fc.Scheduler, label: string, read: () => T): Promise<T> => {
  await s.schedule(Promise.resolve(), `${label} arrives`)
  const answer = structuredClone(read())
  await s.schedule(Promise.resolve(), `${label} comes back`)
  return answer
}
