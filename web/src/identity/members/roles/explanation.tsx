import { CircleCheck, CircleX, X } from 'lucide-react'
import { IconButton } from '../../../ui/button.tsx'
import type { Explained } from '../views.ts'

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

/** Says whether somebody may do something somewhere, and why. */
export const Explanation = (answer: Explained & Readonly<{ close(): void }>) => {
  const { principal, permission, resource, allowed, reason, condition, chain, grants } = answer
  const Mark = allowed ? CircleCheck : CircleX
  const more = condition === null ? '' : CONDITIONS[condition]
  return (
    <div role="status" className="flex gap-2 rounded-card bg-sunken p-3">
      <div className="grid min-w-0 flex-1 gap-1.5">
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
      <IconButton label="Close the explanation" onClick={answer.close}>
        <X className="size-4" />
      </IconButton>
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
