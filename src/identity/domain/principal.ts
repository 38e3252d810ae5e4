import { refuse } from '../../kernel/refusal.ts'

/** The kinds of principal an organisation has; the hub itself is none of them. */
export const PRINCIPAL_KINDS = ['person', 'service', 'agent'] as const
/** A kind of principal. */
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]

/** The states of a principal; only an active one gets in. */
export const PRINCIPAL_STATUSES = ['active', 'suspended', 'removed'] as const
/** A state of a principal. */
export type PrincipalStatus = (typeof PRINCIPAL_STATUSES)[number]

/** Tasks an agent may hold at the same time unless it is said otherwise. */
export const AGENT_SEATS = 3

/** Somebody who can act or be named: a person, a service or an agent of one organisation. */
export type Principal = Readonly<{
  id: string
  kind: PrincipalKind
  handle: string
  status: PrincipalStatus
  epoch: number
  /** The person who answers for an agent or a service. */
  responsibleId: string | null
  skills: readonly string[]
  /** Tasks it may hold at the same time; `null`: no limit of its own. */
  seatLimit: number | null
  version: number
}>

/** What a handle looks like: how everybody names a principal. */
export const HANDLE = /^[a-z0-9][a-z0-9._-]{0,38}$/

/**
 * Makes a handle of a name as people write it: `Build Bot 2` is `build-bot-2`.
 * Gives `null` where nothing is left of it.
 */
export const handleOf = (name: string): string | null => {
  const plain = name
    .trim()
    .replace(/^@/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 39)
    .replace(/[._-]+$/, '')
  return HANDLE.test(plain) ? plain : null
}

/** Makes a principal as it begins: active; an agent may hold a few tasks at a time. */
export const newPrincipal = (
  given: Pick<Principal, 'id' | 'kind' | 'handle'> &
    Partial<Pick<Principal, 'responsibleId' | 'skills'>>,
): Principal => ({
  status: 'active',
  epoch: 0,
  responsibleId: null,
  skills: [],
  seatLimit: given.kind === 'agent' ? AGENT_SEATS : null,
  version: 1,
  ...given,
})

type Move = 'suspend' | 'activate'
const NEXT: Record<PrincipalStatus, Record<Move, PrincipalStatus | 'refuse'>> = {
  active: { suspend: 'suspended', activate: 'active' },
  suspended: { suspend: 'suspended', activate: 'active' },
  removed: { suspend: 'refuse', activate: 'refuse' },
}

/**
 * Decides a change of status: the principal as it becomes. The epoch rises with a suspension, so
 * that no session of before comes back to life. The same object means: nothing changes.
 */
export const decideStatus = (principal: Principal, move: Move): Principal => {
  const next = NEXT[principal.status][move]
  if (next === 'refuse') {
    const message = `@${principal.handle} was removed; create a new principal instead.`
    throw refuse('conflict', 'identity.principal_removed', message)
  }
  if (next === principal.status) return principal
  const epoch = principal.epoch + (move === 'suspend' ? 1 : 0)
  return { ...principal, status: next, epoch, version: principal.version + 1 }
}
