import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import type { CatalogueEntry, ListedEntry } from '../domain/catalogue-entry.ts'
import { ACCOUNT_ENTRIES } from './catalogue-entries-accounts.ts'
import { CODE_ENTRIES } from './catalogue-entries-code.ts'
import { FILE_ENTRIES } from './catalogue-entries-files.ts'
import { ABSENT_ENTRIES, REMOTE_ENTRIES } from './catalogue-entries-remote.ts'
import { SYSTEM_ENTRIES } from './catalogue-entries-systems.ts'
import { WEB_ENTRIES } from './catalogue-entries-web.ts'

/**
 * The day on which all packages were installed and tried. What they depend on is taken as it was
 * then: an entry names only its own bytes, and a package of today may depend on one of tomorrow.
 */
export const CATALOGUE_DAY = '2026-11-21'

/** The ready catalogue, in the order of its keys. */
export const CATALOGUE: readonly ListedEntry[] = [
  ...FILE_ENTRIES,
  ...CODE_ENTRIES,
  ...WEB_ENTRIES,
  ...ACCOUNT_ENTRIES,
  ...SYSTEM_ENTRIES,
  ...REMOTE_ENTRIES,
  ...ABSENT_ENTRIES,
].toSorted((a, b) => (a.key < b.key ? -1 : 1))

/** Gives the entry of a name, or of another name it is known by; refuses what cannot be added. */
export const entryNamed = (name: string): CatalogueEntry => {
  const found = CATALOGUE.find((entry) => entry.key === name) ?? CATALOGUE.find(knownAs(name))
  if (found === undefined) {
    const near = nearest(name.slice(0, NAME_CHARS_MAX), CATALOGUE.flatMap(namesOf))
    const hint = near === undefined ? 'See: guildhall tool catalogue.' : `Did you mean ${near}?`
    throw refuse('not_found', 'tools.entry_unknown', `The catalogue has no such entry. ${hint}`)
  }
  if (found.kind === 'absent') {
    const message = `${found.about} Use ${found.instead.join(' or ')}.`
    throw refuse('conflict', 'tools.entry_absent', message, { instead: found.instead })
  }
  if (found.proof === 'broken') {
    throw refuse('conflict', 'tools.entry_broken', found.notes[0] ?? found.about)
  }
  return found
}

const NAME_CHARS_MAX = 40

const namesOf = (entry: ListedEntry): readonly string[] =>
  entry.kind === 'absent' ? [entry.key] : [entry.key, ...(entry.names ?? [])]

const knownAs = (name: string) => (entry: ListedEntry) => namesOf(entry).includes(name)
