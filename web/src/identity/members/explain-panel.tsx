import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { type Explained, isExplained } from './views.ts'

/** Answers what somebody may do somewhere, and why. */
export const ExplainPanel = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const deed = useDeed()
  const [principal, setPrincipal] = useState(me?.handle ?? '')
  const [permission, setPermission] = useState('task:write')
  const [resource, setResource] = useState('org')
  const [explained, setExplained] = useState<Explained | null>(null)
  const ask = async (): Promise<void> => {
    setExplained(null)
    const query = new URLSearchParams({ principal, permission, resource })
    setExplained(await hall.api.read(`/access/explain?${query.toString()}`, isExplained))
  }
  return (
    <Panel title="What may somebody do?" about="Ask for one permission in one place, and see why.">
      <PanelBody>
        <Form
          deed={deed}
          act={ask}
          button="Explain"
          calm
          fields={['principal', 'permission', 'resource']}
        >
          <div className="grid gap-3 sm:grid-cols-3">
            <Field
              label="Who"
              value={principal}
              change={setPrincipal}
              problem={problemAt(deed, 'principal')}
              placeholder="ada"
              required
            />
            <Field
              label="May do"
              value={permission}
              change={setPermission}
              problem={problemAt(deed, 'permission')}
              placeholder="task:write"
              className="font-mono"
              required
            />
            <Field
              label="Where"
              about="org, a team, GH, GH-12"
              value={resource}
              change={setResource}
              problem={problemAt(deed, 'resource')}
              className="font-mono"
              required
            />
          </div>
        </Form>
        {explained !== null && <Explanation {...explained} />}
      </PanelBody>
    </Panel>
  )
}

const REASONS: Readonly<Record<string, string>> = {
  allowed: 'a role gives it',
  no_grant: 'no role gives it there',
  denied: 'it is denied there',
  delegator_lacks: 'the person behind the agent may not do it',
  scope_lacks: 'the key or token is cut down to less',
  outside_lease: 'it is no task they have claimed',
  never_for_agents: 'agents never may',
  condition: 'a condition of the role is not met',
  suspended: 'they are shut out',
  expired: 'what gave it is over',
}
const CONDITIONS = { held: ', on tasks they have claimed', own: ', on what is their own' } as const

const Explanation = (answer: Explained) => {
  const { principal, permission, resource, allowed, reason, condition, chain, grants } = answer
  const Mark = allowed ? CircleCheck : CircleX
  const more = condition === null ? '' : CONDITIONS[condition]
  return (
    <div role="status" className="mt-4 grid gap-1.5 rounded-card bg-sunken p-3">
      <p className="flex items-start gap-2 font-medium">
        <Mark
          className={`mt-0.5 size-4 shrink-0 ${allowed ? 'text-ok' : 'text-bad'}`}
          aria-hidden="true"
        />
        <span>
          @{principal} {allowed ? 'may' : 'may not'} {permission} on {resource}
          {more}: {REASONS[reason] ?? reason}.
        </span>
      </p>
      <p className="text-list text-text-2">
        Looked at: {chain.map(({ name }) => name).join(', then ')}.
      </p>
      {grants.length > 0 && (
        <ul className="text-list text-text-2">
          {grants.map(({ role, speaks }, index) => (
            <li key={`${role} ${speaks} ${index}`}>
              {role ?? 'A grant of its own'} {SPEAKS[speaks] ?? speaks}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const SPEAKS: Readonly<Record<string, string>> = {
  allows: 'gives it',
  denies: 'denies it',
  not_binding: 'does not count here',
  condition: 'would give it under a condition that is not met',
  expired: 'is over',
  too_wide: 'holds in a wider place than was asked about',
}
