import type { Card } from '../../../../../src/work/contract.ts'
import { isClosed } from '../../words.ts'
import { type Part, partsOf } from './language.ts'

/** A filter that was read: its parts, and which cards it leaves. */
export type Filter = Readonly<{
  parts: readonly Part[]
  /** It says nothing that would leave a card out. */
  isEmpty: boolean
  /** Tells whether a card stays; `me` is the handle of who looks. */
  accepts(card: Card, me: string | null): boolean
}>

type Condition = (card: Card, me: string | null) => boolean

/** Reads a filter. Parts of one kind add up as they do in the hub's search. */
export const readFilter = (q: string): Filter => {
  const parts = partsOf(q)
  const conditions = conditionsOf(parts)
  return {
    parts,
    isEmpty: conditions.length === 0,
    accepts: (card, me) => conditions.every((holds) => holds(card, me)),
  }
}

const conditionsOf = (parts: readonly Part[]): readonly Condition[] => {
  const of = (kind: Part['kind']) => parts.filter((part) => part.kind === kind)
  const values = (kind: Part['kind']) => of(kind).flatMap((part) => part.values)
  const [keys, labels, types] = [values('key'), values('label'), values('type')]
  const [branch, sprint] = [values('branch').at(-1), values('sprint').at(-1)]
  const priorities = values('priority')
  const statuses = values('status').map(folded)
  const text = of('text').map((part) => part.text)
  const all: readonly (Condition | false)[] = [
    keys.length > 0 && (({ key }) => keys.includes(key)),
    statuses.length > 0 && ((card) => isIn(card, statuses)),
    labels.length > 0 && ((card) => hasLabels(card, labels)),
    peopleOf(values('who'), of('mine').length > 0),
    sprint !== undefined && ((card) => String(card.sprint ?? 'none') === sprint),
    branch !== undefined && ((card) => card.branch === branch),
    types.length > 0 && (({ type }) => types.includes(type)),
    priorities.length > 0 && (({ priority }) => priorities.includes(priority)),
    of('ready').length > 0 && (({ ready }) => ready),
    of('blocked').length > 0 && isBlocked,
    text.length > 0 && textCondition(text.join(' ')),
  ]
  return all.filter((condition) => condition !== false)
}

const folded = (word: string): string => word.toLowerCase().replaceAll(/[\s_-]+/g, '')

const isIn = (card: Card, statuses: readonly string[]): boolean =>
  statuses.includes(folded(card.column)) ||
  statuses.includes(card.category) ||
  statuses.includes(isClosed(card) ? 'closed' : 'open')

const hasLabels = (card: Card, wanted: readonly string[]): boolean => {
  const labels = card.labels.map((label) => label.toLowerCase())
  return wanted.every((label) => labels.includes(label))
}

// Whoever is named and whoever looks: the task is meant for one of them, or one of them holds it.
const peopleOf = (handles: readonly string[], isMine: boolean): Condition | false => {
  if (handles.length === 0 && !isMine) return false
  return ({ assignee, delegate, holder }, me) => {
    const wanted = isMine && me !== null ? [...handles, me] : handles
    return [assignee, delegate, holder].some((one) => one !== null && wanted.includes(one))
  }
}

const isBlocked = (card: Card): boolean =>
  !isClosed(card) && (card.openBlockers > 0 || card.heldAbove > 0 || card.blocked !== null)

const TERM = /-?"[^"]*"|\S+/g

// Words that all have to be there, `or` between such groups, `-` before what must not be there,
// and quotes around what belongs together: as a web search has it, and the hub's own.
const textCondition = (text: string): Condition | false => {
  const groups: string[][] = [[]]
  for (const [term] of text.toLowerCase().matchAll(TERM)) {
    if (term === 'or') groups.push([])
    else groups.at(-1)?.push(term)
  }
  const tests = groups.map((terms) => terms.flatMap(termTest)).filter((terms) => terms.length > 0)
  if (tests.length === 0) return false
  return ({ title }) => {
    const lower = title.toLowerCase()
    return tests.some((terms) => terms.every((holds) => holds(lower)))
  }
}

const termTest = (term: string): readonly ((title: string) => boolean)[] => {
  const isNot = term.startsWith('-') && term.length > 1
  const word = (isNot ? term.slice(1) : term).replaceAll('"', '').trim()
  if (word === '') return []
  return [(title) => title.includes(word) !== isNot]
}
