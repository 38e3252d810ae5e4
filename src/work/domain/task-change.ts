import { refuse } from '../../kernel/refusal.ts'

/** What may be said of one field of a task in one item; it names itself in refusals. */
export type Place = (field: string) => string

/** Makes the refusal of one field of an item: `items[3].depends_on: ...`. */
export const unfit = (field: string, problem: string, details = {}) =>
  refuse('invalid', 'work.item_not_valid', `${field}: ${problem}`, { field, ...details })

/** A list as an item gives it: the whole list, or what to add and what to take away. */
export type ListChange =
  | Readonly<{ kind: 'replace'; values: readonly string[] }>
  | Readonly<{ kind: 'modify'; add: readonly string[]; remove: readonly string[] }>

/**
 * Reads a list field: plain entries replace, `+x` and `-x` modify, and the two do not mix.
 * Replacing on a task that exists needs a version: another's addition would be lost unseen.
 */
export const readList = (
  entries: readonly string[],
  field: string,
  known: Readonly<{ exists: boolean; hasVersion: boolean }>,
): ListChange => {
  const signed = entries.filter((entry) => /^[+-]/.test(entry))
  if (signed.length === 0) {
    if (known.exists && !known.hasVersion) {
      const message = 'a plain list replaces and needs the version; or use +x and -x.'
      throw unfit(field, message)
    }
    return { kind: 'replace', values: [...new Set(entries)] }
  }
  if (signed.length < entries.length) {
    throw unfit(field, 'either every entry has + or -, or none has.')
  }
  const of = (sign: string) => [
    ...new Set(signed.filter((entry) => entry.startsWith(sign)).map((entry) => entry.slice(1))),
  ]
  return { kind: 'modify', add: of('+'), remove: of('-') }
}

/** Applies a change to a list of words that count as equal in any case. */
export const changedList = (before: readonly string[], change: ListChange): readonly string[] => {
  const fold = (word: string) => word.toLowerCase()
  const merged = new Map(before.map((word) => [fold(word), word]))
  if (change.kind === 'replace') {
    return [
      ...new Map(change.values.map((word) => [fold(word), merged.get(fold(word)) ?? word])),
    ].map(([, word]) => word)
  }
  for (const word of change.remove) merged.delete(fold(word))
  for (const word of change.add) if (!merged.has(fold(word))) merged.set(fold(word), word)
  return [...merged.values()]
}

/** Reads accept criteria from lines: `[x] text` is done. */
export const readAccept = (
  lines: readonly string[],
): readonly Readonly<{ text: string; done: boolean }>[] =>
  lines.map((line) => {
    const [, mark, text] = /^\[([ xX])\] *(.*)$/.exec(line) ?? []
    return mark === undefined
      ? { text: line, done: false }
      : { text: text ?? '', done: mark !== ' ' }
  })

/** Lists the names of fields that differ between two records. */
export const differing = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] => Object.keys(after).filter((name) => !isSame(before[name], after[name]))

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && a !== null && JSON.stringify(a) === JSON.stringify(b))

/** A field that changed since a version, who changed it and when. */
export type Changed = Readonly<{ field: string; by: string | null; at: string }>

/** Makes the refusal of a write that was decided on an older version. */
export const staleVersion = (key: string, current: number, changed: readonly Changed[]) => {
  const fields = [...new Set(changed.map(({ field }) => field))].join(', ')
  const what = fields ? ` (${fields})` : ''
  const message = `${key} has changed since${what}; read version ${current}, then decide again.`
  return refuse('conflict', 'work.stale_version', message, { key, current, changed })
}
