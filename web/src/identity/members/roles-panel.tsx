import { Badge } from '../../ui/badge.tsx'
import { Panel } from '../../ui/panel.tsx'
import type { Role } from './views.ts'

/** Shows what every role holds. */
export const RolesPanel = ({ roles }: Readonly<{ roles: readonly Role[] }>) => (
  <Panel title="Roles" about="What a role holds, wherever it is given.">
    <ul aria-label="Roles" className="divide-y divide-line border-t border-line">
      {roles.map((role) => (
        <li key={role.key}>
          <details className="px-4 py-2.5">
            <summary className="cursor-pointer">
              <span className="font-medium">{role.name}</span>{' '}
              <span className="text-list text-text-2">
                {count(role)} permissions, in {role.scopes.map(placeOf).join(', ')}
              </span>{' '}
              {!role.isPredefined && <Badge hue="accent">Your own</Badge>}
            </summary>
            <Words words={role.permissions} />
            <Words title="On tasks they have claimed" words={role.held} />
            <Words title="On what is their own" words={role.own} />
          </details>
        </li>
      ))}
    </ul>
  </Panel>
)

const Words = ({ title, words }: Readonly<{ title?: string; words: readonly string[] }>) =>
  words.length === 0 ? null : (
    <div className="mt-2">
      {title !== undefined && <p className="text-meta text-text-3">{title}</p>}
      <p className="font-mono text-meta leading-5 break-words text-text-2">{words.join('  ')}</p>
    </div>
  )

const count = ({ permissions, held, own }: Role): number =>
  permissions.length + held.length + own.length

const PLACES: Readonly<Record<string, string>> = {
  org: 'the organisation',
  team: 'teams',
  project: 'projects',
  namespace: 'namespaces',
}

const placeOf = (scope: string): string => PLACES[scope] ?? scope
