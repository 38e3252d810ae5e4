import type { IdentityApi } from '../../identity/contract.ts'
import { decide, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Permission } from '../../kernel/permission.ts'
import type { Maker, Makers } from '../application/webhook-ports.ts'

/** What is asked about makers: who they are, which permission an event needs, at which moment. */
export type MakersAsked = Readonly<{
  orgId: string
  identity: IdentityApi
  needed: () => ReadonlyMap<string, Permission>
  now: () => number
}>

type Standing = Readonly<{ actor: Actor; rights: Rights }>

/**
 * Asks what those may who answer for webhooks: read anew for every call and every try, and cut
 * down to what the credential had with which they were set up.
 */
export const makersFrom = ({ orgId, identity, needed, now }: MakersAsked): Makers => {
  const known = new Map<string, Promise<Standing | null>>()
  const read = async ({ id, scopes, projects }: Maker): Promise<Standing | null> => {
    const kind = (await identity.handles([id])).get(id)?.kind
    if (kind === undefined) return null
    const rights = await identity.rights(id, { now: now() })
    const cut = (words: readonly string[] | null) => words && new Set(words)
    const actor = { orgId, id, kind, handle: '', scopes: cut(scopes), projects: cut(projects) }
    return { actor: { ...actor, epoch: 0 }, rights }
  }
  const standingOf = (maker: Maker): Promise<Standing | null> => {
    const key = JSON.stringify(maker)
    const standing = known.get(key) ?? read(maker)
    known.set(key, standing)
    return standing
  }
  const mayIn =
    (standing: Standing | null) =>
    (permission: Permission, projectId: string | null): boolean => {
      if (standing === null) return false
      const { rights, actor } = standing
      return decide(rights, actor, { permission, projectId, now: now() }).reason === 'allowed'
    }
  return {
    async mayRead(maker, { name, projectId }) {
      const permission = needed().get(name)
      return permission !== undefined && mayIn(await standingOf(maker))(permission, projectId)
    },
    mayAct: async (maker) => mayIn(await standingOf(maker)),
  }
}
