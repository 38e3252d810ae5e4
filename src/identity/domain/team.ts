import { refuse } from '../../kernel/refusal.ts'

/** What a team's key looks like: small letters, so that nobody takes it for a project's. */
export const TEAM_KEY = /^[a-z][a-z0-9-]{0,38}$/

/** Words that stand for other places where a place is named. */
const TAKEN_WORDS: ReadonlySet<string> = new Set(['org', 'global'])

/** A group of principals, and of projects they look after. */
export type Team = Readonly<{ id: string; key: string; name: string; version: number }>

/** Refuses a key that names another place. */
export const refuseTakenWord = (key: string): void => {
  if (!TAKEN_WORDS.has(key)) return
  const message = `"${key}" names another place; choose another key for the team.`
  throw refuse('invalid', 'identity.team_key_not_valid', message, { field: 'key' })
}

/** What a namespace's path looks like: `docs/api`. */
export const NAMESPACE_PATH = /^[a-z0-9][a-z0-9._-]{0,38}(\/[a-z0-9][a-z0-9._-]{0,38}){0,5}$/
/** What a namespace looks like with its project in front: `GH/docs/api`. */
export const NAMESPACE = /^[A-Z][A-Z0-9]{1,9}(\/[a-z0-9][a-z0-9._-]{0,38}){1,6}$/
