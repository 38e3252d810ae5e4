import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useProjects, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { AGENT_EVENTS, isAgents, isKeys } from '../registry/views.ts'

/** Names the steps in which there is something to do. */
export const STEPS = ['machine', 'project', 'agent'] as const

/** One of the steps. */
export type StepName = (typeof STEPS)[number]

const AGENTS = { is: isAgents, wants: AGENT_EVENTS }
const KEYS = { is: isKeys, wants: AGENT_EVENTS }
const SHOWN_MAX = 100

/** Gives how far the setting up has come, and which steps are for this person. */
export const useProgress = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const projects = useProjects()
  const maySee = mayAnywhere(me, 'agent:read')
  const mayKeys = mayHere(me, 'key:read')
  const agents = useLive(maySee ? `/agents?limit=${SHOWN_MAX}` : null, AGENTS)
  const keys = useLive(mayKeys ? `/keys?limit=${SHOWN_MAX}` : null, KEYS)
  const isKnown = ({ data, trouble }: typeof agents | typeof keys): boolean =>
    data !== null || trouble !== null
  if (me === null || projects === null) return null
  if ((maySee && !isKnown(agents)) || (mayKeys && !isKnown(keys))) return null
  const handles = (agents.data?.items ?? []).map(({ handle }) => handle)
  const heard = new Set(
    keys.data?.items.flatMap(({ principal, lastUsedAt }) => (lastUsedAt ? [principal] : [])),
  )
  // Who may not see keys does not know who was heard of.
  const isHeard = handles.some((handle) => !mayKeys || heard.has(handle))
  const isMine: Record<StepName, boolean> = {
    machine: mayHere(me, 'cluster:operate'),
    project: mayHere(me, 'project:create'),
    agent: mayAnywhere(me, 'agent:write'),
  }
  // A look around leaves nothing behind: once there is a project, nobody misses it.
  const isDone: Record<StepName, boolean> = {
    ...{ machine: false, project: projects.length > 0, agent: isHeard },
  }
  const first = STEPS.find(
    (step) => isMine[step] && !isDone[step] && (step !== 'machine' || !isDone.project),
  )
  const silent = isHeard ? null : (handles[0] ?? null)
  return { me, projects, handles, silent, isMine, isDone, first: first ?? null }
}
