import { type Refusal, refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { Catalogue, HubTool } from './catalogue.ts'

/** Names of tools that a wrong name is compared with. */
const COMPARED_MAX = 1_000

/** Refuses a name that is no tool the caller may use: the same words for both. */
export const unknownTool = (name: string, known: readonly HubTool[]): Refusal => {
  const names = known.slice(0, COMPARED_MAX).map((tool) => tool.name)
  const near = nearest(name.slice(0, 64), names)
  const hint = near === undefined ? 'Look with tool_find.' : `Did you mean ${near}?`
  return refuse('not_found', 'tools.unknown_tool', `There is no such tool. ${hint}`)
}

/** Refuses arguments that do not fit, and shows how the tool is called. */
export const badArguments = (
  { name }: HubTool,
  problems: readonly string[],
  signature: string,
): Refusal =>
  refuse('invalid', 'tools.arguments_do_not_fit', `${name}: ${problems.join('; ')}.`, {
    signature,
    problems: [...problems],
  })

/** Refuses a call whose server wants an account that nobody has connected. */
export const accountNeeded = (
  { slug, credential }: Upstream,
  address: (path: string) => string,
): Refusal => {
  const whose = credential === 'person' ? 'your own account' : 'an account'
  const message = `${slug} needs ${whose}: connect it on the page, then call again.`
  return refuse('conflict', 'tools.needs_connect', message, { url: address(`/tools/${slug}`) })
}

/** Refuses what the rules do not let somebody do. */
export const ruledOut = ({ name }: HubTool, why: string): Refusal =>
  refuse('forbidden', 'tools.not_allowed', `${name} may not be used here: ${why}.`)

/** Refuses a destructive tool to whoever lacks the right for it. */
export const mayNotDestroy = ({ name }: HubTool): Refusal => {
  const message = `${name} destroys things, and that needs tool:destroy. Ask a person to call it.`
  return refuse('forbidden', 'tools.may_not_destroy', message, { needs: 'tool:destroy' })
}

/** Refuses what would have to wait for a person and cannot: only calls of tools wait. */
export const notAskable = ({ upstream }: HubTool): Refusal => {
  const message =
    `A person would have to approve this, and only calls of tools can wait. An administrator can ` +
    `set the rules of ${upstream.slug} so that it needs no approval.`
  return refuse('forbidden', 'tools.cannot_wait', message)
}

/** Refuses a tool whose definition is not what was approved. */
export const quarantined = ({ name, definition }: HubTool): Refusal => {
  const why =
    definition.state === 'changed'
      ? 'its server says something else of it than what was approved'
      : 'nobody has approved it yet'
  const message = `${name} may not be used: ${why}. An administrator can look at it and decide.`
  return refuse('conflict', 'tools.quarantined', message, { state: definition.state })
}

/** Refuses a key that stands for another call. */
export const keyOfAnother = (): Refusal => {
  const message = 'This key was used for another call; take a fresh one.'
  return refuse('invalid', 'tools.key_reused', message)
}

/** Refuses an agent's call with a credential where it holds no task. */
export const claimNeeded = ({ name }: HubTool): Refusal => {
  const message = `${name} uses a credential: agents do so within a task. Claim one, and name it.`
  return refuse('forbidden', 'tools.lease_needed', message)
}

/** Refuses a task that the caller does not hold. */
export const notHeld = (key: string): Refusal => {
  const message = `You do not hold ${key}; claim it first, or leave the task out.`
  return refuse('conflict', 'tools.task_not_held', message)
}

/** Finds out whether a name is one of a tool that waits for a decision. */
export const blockedTool = ({ blocked }: Catalogue, name: string): HubTool | undefined =>
  blocked.get(name)
