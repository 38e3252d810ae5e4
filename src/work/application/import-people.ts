import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { cleanLine } from '../domain/import-fit.ts'
import type { ImportPlan, KnownPeople } from '../domain/import-plan.ts'
import type { ImportSource } from '../domain/import-row.ts'
import type { Person } from './ports.ts'
import type { TransferNeeds } from './transfer-ports.ts'

/** Names that one import may mention: each may become a person. */
const NAMES_MAX = 5_000

/**
 * Finds the people whom a source names. Persons made by imports are left out: nobody can sign in
 * as them, so what is assigned to them could be claimed by nobody.
 */
export const knownPeople = async (
  { newcomers, imports }: TransferNeeds,
  source: ImportSource,
): Promise<KnownPeople> => {
  const names = new Set(
    source.rows
      .flatMap((row) => [...row.assignees, ...row.comments.map(({ author }) => author ?? '')])
      .map((name) => cleanLine(name).replace(/^@+/, '').trim().toLowerCase())
      .filter((name) => name !== ''),
  )
  if (names.size > NAMES_MAX) {
    const message = `The source names ${names.size} people; at most ${NAMES_MAX} fit, so split it.`
    throw refuse('too_many', 'work.import_too_large', message, { limit: NAMES_MAX })
  }
  const placeholders = (await imports.placeholders()).slice(0, NAMES_MAX)
  const [found, made] = await Promise.all([
    newcomers.byHandle([...names]),
    newcomers.byHandle(placeholders),
  ])
  const nobodies = new Set([...made.values()].map(({ id }) => id))
  const known = [...found].filter(([, { id }]) => !nobodies.has(id))
  return new Map(known.map(([name, { id }]) => [name, id]))
}

/** Makes persons of authors whom nobody knows; a name without a letter or digit stays nobody. */
export const authorsOf = async (
  { newcomers, call, emit }: Pick<TransferNeeds, 'newcomers'> & Pick<Words, 'call' | 'emit'>,
  { placeholders }: ImportPlan,
): Promise<ReadonlyMap<string, Person>> =>
  placeholders.length === 0 ? new Map() : newcomers.ensurePlaceholders(placeholders, { call, emit })
