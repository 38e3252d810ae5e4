import type { Call } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { cursorOf, cursorValues } from '../../kernel/page.ts'
import { projectIdOf } from './secret-place.ts'
import type { ListWanted, Maker, Named, WebhookNeeds } from './webhook-ports.ts'

type Given = Readonly<{ name: string; project?: string | undefined }>
type Placed = Pick<WebhookNeeds, 'projects'>

/** Finds how the input names a webhook or a subscription. */
export const namedOf = async (needs: Placed, { name, project }: Given): Promise<Named> => ({
  name,
  projectId: await projectIdOf(needs, project),
})

/** Gives what was found under a name; refuses where there is nothing. */
export const found = <T>(thing: T | null, { name }: Given): T => {
  if (thing === null) throw notFound(name)
  return thing
}

/** Says who answers for a webhook from now on: the caller, with the rights of this credential. */
export const makerOf = ({ actor }: Call): Maker => ({
  id: actor.id,
  scopes: actor.scopes && [...actor.scopes],
  projects: actor.projects && [...actor.projects],
})

/** Refuses a change of something that has changed meanwhile. */
export const guardVersion = (
  { name, version }: Readonly<{ name: string; version: number }>,
  seen: number | undefined,
): void => {
  if (seen === undefined || seen === version) return
  const message = `${name} is at version ${version} by now; look again before you change it.`
  throw refuse('conflict', 'tools.webhook_changed', message, { version })
}

/** Refuses a name that is taken. */
export const nameTaken = (name: string) => {
  const message = `There is ${name} here already; change it, or choose another name.`
  return refuse('conflict', 'tools.webhook_exists', message)
}

/** Refuses one more of something that there are enough of. */
export const tooManyOf = (what: string, limit: number) => {
  const message = `There can be ${limit} ${what}; delete what nobody needs.`
  return refuse('conflict', 'tools.too_many_webhooks', message, { limit })
}

type Asked = Readonly<{ project?: string | undefined; limit: number; cursor?: string | undefined }>

/** Reads what a list by name is asked for; one row more than is shown tells that there are more. */
export const listWanted = async (
  needs: Placed & Readonly<{ visible: readonly string[] | null }>,
  { project, limit, cursor }: Asked,
): Promise<ListWanted> => {
  const [name, id] = cursor === undefined ? [] : cursorValues(cursor, 2)
  return {
    projectId: await projectIdOf(needs, project),
    visible: project === undefined ? needs.visible : null,
    after: name === undefined ? null : [String(name), String(id)],
    limit: limit + 1,
  }
}

/** Cuts a list to a page and says where to read on. */
export const pageOf = <T extends Readonly<{ id: string }>>(
  rows: readonly T[],
  limit: number,
  valuesOf: (row: T) => readonly string[],
): Readonly<{ items: readonly T[]; next: string | null }> => {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: last && rows.length > limit ? cursorOf(valuesOf(last)) : null }
}

/** Finds the keys of the projects that rows name. */
export const keysOf = (
  { projects }: Placed,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> =>
  projects.keysOf([...new Set(ids.flatMap((id) => id ?? []))])

/** Writes a moment as it leaves. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** Writes a moment that may be missing. */
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms))

/** Ends a list for agents: how to go on, if there is more. */
export const sayLines = (
  lines: readonly string[],
  { next, none }: Readonly<{ next: string | null; none: string }>,
): string =>
  lines.length === 0 ? none : [...lines, ...(next === null ? [] : [`more: ${next}`])].join('\n')
