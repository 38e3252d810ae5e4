import { Check, Minus } from 'lucide-react'
import { Fragment } from 'react'
import type { Rights, Role } from '../views.ts'
import type { Mark, MatrixGroup, MatrixRow } from './matrix.ts'

type MatrixTableProps = Readonly<{
  roles: readonly Role[]
  rights: Rights | null
  groups: readonly MatrixGroup[]
  /** Asks why somebody may do something, or may not. */
  explain(permission: string): void
}>

const PLACES: Readonly<Record<string, string>> = {
  org: 'the organisation',
  team: 'teams',
  project: 'projects',
  namespace: 'namespaces',
}

/** Shows which role holds which permission, and beside it what one person or agent may do. */
export const MatrixTable = ({ roles, rights, groups, explain }: MatrixTableProps) => (
  <div
    // It scrolls by keys, too: what scrolls must be able to have the focus.
    tabIndex={0}
    role="group"
    aria-label="Roles and permissions"
    className="relative max-h-[70vh] overflow-auto border-t border-line -outline-offset-2"
  >
    <table className="w-full border-separate border-spacing-0 text-list">
      <thead>
        <tr>
          <th
            scope="col"
            className="sticky top-0 left-0 z-2 border-b border-line bg-surface px-4 py-2 text-left
              text-meta font-medium text-text-3"
          >
            Permission
          </th>
          {rights !== null && (
            <th scope="col" className={`${HEAD} bg-accent-soft text-accent`}>
              @{rights.principal} on {rights.resource}
            </th>
          )}
          {roles.map((role) => (
            <th key={role.key} scope="col" title={aboutOf(role)} className={`${HEAD} bg-surface`}>
              {role.name}
              {!role.isPredefined && <span className="sr-only">, of your own</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map(({ subject, rows }) => (
          <Fragment key={subject}>
            {rows.map((row, at) => (
              <Row key={row.permission} {...{ row, rights, explain }} isFirst={at === 0} />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  </div>
)

const HEAD =
  'sticky top-0 z-1 border-b border-line px-2 py-2 text-center text-meta font-medium ' +
  'whitespace-nowrap'

const aboutOf = ({ scopes, permissions, held, own }: Role): string => {
  const count = permissions.length + held.length + own.length
  const places = scopes.map((scope) => PLACES[scope] ?? scope).join(', ')
  return `${count} permissions; can be given in ${places}`
}

type RowProps = Readonly<{ row: MatrixRow; isFirst: boolean }> &
  Pick<MatrixTableProps, 'rights' | 'explain'>

const Row = ({ row: { permission, marks }, isFirst, rights, explain }: RowProps) => {
  const edge = isFirst ? 'border-t border-line' : ''
  const theirs = rights === null ? null : (marks.at(-1) ?? null)
  return (
    <tr className="group">
      <th
        scope="row"
        className={`sticky left-0 z-1 bg-surface px-4 py-1 text-left font-mono text-meta font-normal
          whitespace-nowrap group-hover:bg-hover ${edge}`}
      >
        {permission}
      </th>
      {rights !== null && (
        <td className={`bg-accent-soft text-center ${edge}`}>
          <button
            type="button"
            aria-label={`${permission}: ${SAID[theirs ?? 'none']}. Why?`}
            title="Why?"
            onClick={() => explain(permission)}
            className="inline-flex h-6 min-w-12 items-center justify-center rounded-control
              hover:bg-hover"
          >
            <Shown mark={theirs} />
          </button>
        </td>
      )}
      {(rights === null ? marks : marks.slice(0, -1)).map((mark, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the roles keep their order
        <td key={at} className={`px-2 py-1 text-center group-hover:bg-hover ${edge}`}>
          <Shown mark={mark} />
          <span className="sr-only">{SAID[mark ?? 'none']}</span>
        </td>
      ))}
    </tr>
  )
}

const SAID = {
  all: 'may',
  held: 'may, on tasks they have claimed',
  own: 'may, on what is their own',
  none: 'may not',
} as const

const WORDS = { held: 'claimed', own: 'own' } as const

const Shown = ({ mark }: Readonly<{ mark: Mark }>) => {
  if (mark === null) return <Minus className="inline size-3.5 text-text-3" aria-hidden="true" />
  if (mark === 'all') return <Check className="inline size-4 text-ok" aria-hidden="true" />
  return (
    <span aria-hidden="true" className="text-meta text-text-2" title={SAID[mark]}>
      {WORDS[mark]}
    </span>
  )
}
