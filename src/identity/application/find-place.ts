import type { Place } from '../../kernel/access.ts'
import { notFound } from '../../kernel/refusal.ts'
import type { GrantScope, IdentityNeeds, KeptGrant } from './ports.ts'

/** A place as it was named: where grants keep it, and where rights are asked for it. */
export type NamedPlace = Readonly<{ word: string; scope: GrantScope; place: Place }>

/** Names a place for the permission check of an operation: places that are no projects by kind. */
export const scopeName = (word: string): string => {
  if (word === 'org') return word
  if (/^[a-z]/.test(word)) return `team:${word}`
  return word.includes('/') ? `namespace:${word}` : word
}

/** Finds a place by its word: `org`, a team, a project, a namespace; refuses an unknown one. */
export const findPlace = async (
  { teams, projects }: Pick<IdentityNeeds, 'teams' | 'projects'>,
  orgId: string,
  word: string,
): Promise<NamedPlace> => {
  if (word === 'org') {
    return { word, scope: { kind: 'org', id: orgId, path: '' }, place: { projectId: null } }
  }
  if (/^[a-z]/.test(word)) {
    const { id, key } = await teams.get(word)
    return { word, scope: { kind: 'team', id, path: '' }, place: { projectId: null, team: key } }
  }
  const [key = '', ...steps] = word.split('/')
  const id = await projects.idOf(key)
  if (id === null) throw notFound(key)
  const path = steps.join('/')
  if (path === '') return { word, scope: { kind: 'project', id, path }, place: { projectId: id } }
  return { word, scope: { kind: 'namespace', id, path }, place: { projectId: id, path } }
}

/** Says where a kept grant holds, for asking what somebody holds there. */
export const placeOfGrant = ({ scope, onTeam }: Pick<KeptGrant, 'scope' | 'onTeam'>): Place => {
  const { kind, id, path } = scope
  if (kind === 'org') return { projectId: null }
  if (kind === 'team') return { projectId: null, team: onTeam ?? id }
  return kind === 'project' ? { projectId: id } : { projectId: id, path }
}

/** Names the place of a kept grant as people do; `null` where its project is gone. */
export const wordOfGrant = (
  { scope, onTeam }: Pick<KeptGrant, 'scope' | 'onTeam'>,
  projectKeys: ReadonlyMap<string, string>,
): string | null => {
  const { kind, id, path } = scope
  if (kind === 'org') return 'org'
  if (kind === 'team') return onTeam
  const key = projectKeys.get(id) ?? null
  return key === null || kind === 'project' ? key : `${key}/${path}`
}
