import { type Condition, decide, projectsWith, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { AnyOperation, Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'

/** What the pipeline asks the rooms for: rights of an actor, ids of projects. */
export type AccessSource = Readonly<{
  rightsOf(actor: Actor): Rights | Promise<Rights>
  projectId(orgId: string, key: string): string | null | Promise<string | null>
}>

/** The outcome of a permission check: the words of the call that speak of rights. */
export type Permit = Pick<Words, 'condition' | 'visible' | 'may'>

/** Takes the project's key out of any short key: `GH`, `GH-12`, `GH-12#7`. */
export const projectKeyOf = (name: string): string => /^[A-Z][A-Z0-9]*/.exec(name)?.[0] ?? name

/**
 * Checks an operation's permission in the places it names. Answers at once where rights and
 * project ids are at hand. Refuses with "does not exist" where the actor may not even look.
 */
export const permit = (
  source: AccessSource,
  operation: AnyOperation,
  asked: Readonly<{ actor: Actor; input: unknown }>,
): Permit | Promise<Permit> => {
  const { actor } = asked
  const rights = source.rightsOf(actor)
  const names = operation.scope?.(asked.input) ?? []
  const ids = names.map((name) => source.projectId(actor.orgId, projectKeyOf(name)))
  const known = ids.flatMap((id) => (id instanceof Promise ? [] : [id]))
  if (rights instanceof Promise || known.length < ids.length) {
    return settle(rights, ids).then((all) => check(operation, actor, { names, ...all }))
  }
  return check(operation, actor, { names, rights, ids: known })
}

const settle = async (
  rights: Rights | Promise<Rights>,
  ids: readonly (string | null | Promise<string | null>)[],
) => ({ rights: await rights, ids: await Promise.all(ids.map(async (id) => id)) })

type Known = Readonly<{ names: readonly string[]; rights: Rights; ids: readonly (string | null)[] }>

const check = (operation: AnyOperation, actor: Actor, known: Known): Permit => {
  const { rights, names, ids } = known
  const { access } = operation
  const may: Permit['may'] = (permission, projectId) =>
    decide(rights, actor, { permission, projectId }).reason === 'allowed'
  if (access === null) return { condition: null, visible: null, may }
  let condition: Condition = null
  for (const [index, name] of names.entries()) {
    const projectId = ids[index] ?? null
    if (projectId === null) throw notFound(name)
    const decision = decide(rights, actor, { permission: access, projectId })
    if (decision.reason !== 'allowed') {
      throw may('project:read', projectId) ? notAllowed(access, name) : notFound(name)
    }
    condition = decision.condition ?? condition
  }
  const visible = projectsWith(rights, actor, access)
  const nowhere = operation.orgWide ? visible !== null : visible?.length === 0
  if (names.length === 0 && nowhere) throw notAllowed(access, 'this organisation')
  return { condition, visible, may }
}

const notAllowed = (needs: string, scope: string) => {
  const message = `You may not do this in ${scope}: it needs ${needs}. Ask an owner for it.`
  return refuse('forbidden', 'identity.not_allowed', message, { needs, scope })
}
