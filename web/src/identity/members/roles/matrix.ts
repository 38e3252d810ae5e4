import type { Rights, Role } from '../views.ts'

/** How something is held: without a condition, on claimed tasks, on what is one's own, or not. */
export type Mark = 'all' | 'held' | 'own' | null

/** One permission, and how each column holds it. */
export type MatrixRow = Readonly<{ permission: string; marks: readonly Mark[] }>

/** The permissions about one subject. */
export type MatrixGroup = Readonly<{ subject: string; rows: readonly MatrixRow[] }>

type Holding = Pick<Rights, 'permissions' | 'held' | 'own'>

const markOf = ({ permissions, held, own }: Holding, word: string): Mark => {
  if (permissions.includes(word)) return 'all'
  if (held.includes(word)) return 'held'
  return own.includes(word) ? 'own' : null
}

const wordsOf = ({ permissions, held, own }: Holding): readonly string[] => [
  ...permissions,
  ...held,
  ...own,
]

const subjectOf = (permission: string): string => permission.split(':')[0] ?? permission

/** Puts permissions and who holds them into a table, subject by subject. */
export const matrixOf = (
  roles: readonly Role[],
  rights: Rights | null,
  wanted: string,
): readonly MatrixGroup[] => {
  const columns: readonly Holding[] = rights === null ? roles : [...roles, rights]
  const words = [...new Set(columns.flatMap(wordsOf))]
  const asked = wanted.trim().toLowerCase()
  const shown = words.filter((word) => word.includes(asked))
  return [...Map.groupBy(shown, subjectOf)].map(([subject, permissions]) => ({
    subject,
    rows: permissions.map((permission) => ({
      permission,
      marks: columns.map((column) => markOf(column, permission)),
    })),
  }))
}
