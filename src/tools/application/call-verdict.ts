import { canonical } from '../../kernel/canonical.ts'
import type { Words } from '../../kernel/operation.ts'
import { type CallDecision, decideCall } from '../domain/call-policy.ts'
import { LABEL_KEPT_MS } from '../domain/labels.ts'
import { mayNotDestroy, ruledOut } from './call-refusals.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { CallWish } from './call-wish.ts'

/** What may be done: at once, or when somebody has approved it, who then reads `text`. */
export type Verdict =
  | Readonly<{ kind: 'allow' }>
  | Readonly<{ kind: 'ask'; risk: 'normal' | 'high'; needs: 1 | 2; text: string }>

const NO_LABELS: ReadonlySet<string> = new Set()

/** Decides about a call by the rules, and by what was touched so far. */
export const verdictOn = async (wish: CallWish, needs: HubNeeds & Words): Promise<Verdict> => {
  const { tool, claim } = wish
  const { actor } = needs.call
  const labels = await touchedSoFar(wish, needs)
  const decision = decideCall({
    rules: tool.rules,
    tool: tool.labels,
    labels,
    actor: {
      kind: actor.kind,
      ids: [actor.id, ...(actor.onBehalfOf ? [actor.onBehalfOf] : [])],
      atPage: actor.kind === 'person' && actor.via === 'session',
    },
    projectId: claim?.projectId ?? null,
    ownTask: claim !== null,
  })
  if (decision.kind === 'deny') throw ruledOut(tool, decision.why)
  if (tool.labels.effect === 'destroy' && !mayDestroy(wish, needs)) throw mayNotDestroy(tool)
  if (decision.kind === 'allow') return decision
  return { ...decision, text: asked(wish, needs, decision) }
}

/**
 * Gathers what may flow into a call: what its caller has read of late, for whichever task, and
 * what the tasks in its hands hold. Which task a call is named for says nothing about it.
 */
const touchedSoFar = async (
  { tool, claim }: CallWish,
  { call: { actor, now }, calls, claims }: HubNeeds & Words,
): Promise<ReadonlySet<string>> => {
  // It decides only about what may leave.
  if (tool.labels.egress !== 'external') return NO_LABELS
  const held = actor.kind === 'person' ? [] : await claims.held(actor.id, now)
  const taskIds = new Set(held.map(({ taskId }) => taskId))
  if (claim !== null) taskIds.add(claim.taskId)
  const since = now - LABEL_KEPT_MS
  return calls.labels({ principalId: actor.id, since, taskIds: [...taskIds] })
}

/** People destroy by their own right; an agent asks, and the approval is the right. */
const mayDestroy = ({ claim }: CallWish, { call, may, visible }: HubNeeds & Words): boolean => {
  if (call.actor.kind === 'agent') return true
  const places = claim === null ? (visible ?? []) : [claim.projectId]
  return visible === null && claim === null
    ? may('tool:destroy', null)
    : places.some((projectId) => may('tool:destroy', projectId))
}

const asked = (
  { tool, claim }: CallWish,
  { call }: HubNeeds & Words,
  { why }: Extract<CallDecision, { kind: 'ask' }>,
): string => {
  const where = claim === null ? '' : ` for ${claim.key}`
  const who = `@${call.actor.handle}`
  return `${who} wants to call ${tool.name} of ${tool.upstream.title}${where}. ${why}`
}

/** The arguments of a call as one text that is equal for equal arguments. */
export const argumentsText = (args: Readonly<Record<string, unknown>>): string => canonical(args)
