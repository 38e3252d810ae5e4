import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'

type Agents = Readonly<{ items: readonly Readonly<{ handle: string; status: string }>[] }>

const isAgents = shape<Agents>('items')

type AgentChoiceProps = Readonly<{
  project: Project
  agent: string | null
  change(agent: string | null): void
}>

/** Asks for which agent the queue is looked at. */
export const AgentChoice = ({ project, agent, change }: AgentChoiceProps) => {
  const hall = useHall()
  const isAllowed = hall.may('agent:read', project.key)
  const { data } = useRead(isAllowed ? '/agents?limit=100' : null, isAgents)
  if (!isAllowed) return null
  const active = data?.items.filter(({ status }) => status === 'active') ?? []
  const handles = new Set(active.map(({ handle }) => handle))
  if (agent !== null) handles.add(agent)
  return (
    <label className="text-list text-text-2">
      Who may take it
      <select
        value={agent ?? ''}
        onChange={({ target }) => change(target.value === '' ? null : target.value)}
        className="ml-2 h-8 rounded-control border border-line bg-surface px-2 text-text"
      >
        <option value="">Anybody</option>
        {[...handles].sort().map((handle) => (
          <option key={handle} value={handle}>
            @{handle}
          </option>
        ))}
      </select>
    </label>
  )
}
