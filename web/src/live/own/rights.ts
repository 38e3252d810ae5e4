import type { Api } from '../api.ts'
import { shape } from '../api.ts'
import { ME_PATH } from '../early.ts'
import type { Topics } from '../topics.ts'

/** Who is signed in, and what they may do. */
export type Me = Readonly<{
  id: string
  handle: string
  kind: 'person' | 'service' | 'agent' | 'system'
  organisation: Readonly<{ slug: string; name: string }>
  permissions: readonly string[]
  projects: readonly Readonly<{ key: string; permissions: readonly string[] }>[]
}>

/** Knows who is here and what they may do. */
export type Rights = Readonly<{
  /** Who is here, or `null` until that is known. */
  me(): Me | null
  /** Tells whether the person holds a permission in a project. */
  may(permission: string, project: string): boolean
  read(): Promise<Me>
  take(who: Me): void
  /** Reads anew what the person who is here may do; tells whether it is another than before. */
  again(): Promise<boolean>
}>

const isMe = shape<Me>('id', 'handle', 'permissions', 'projects')

/** Tells whether somebody holds a permission in the organisation. */
export const mayHere = (me: Me | null, permission: string): boolean =>
  me?.permissions.includes(permission) === true

/** Tells whether somebody holds a permission in a project. */
export const mayIn = (me: Me | null, permission: string, project: string): boolean =>
  mayHere(me, permission) ||
  me?.projects.some(
    ({ key, permissions }) => key === project && permissions.includes(permission),
  ) === true

/** Tells whether somebody holds a permission anywhere. */
export const mayAnywhere = (me: Me | null, permission: string): boolean =>
  mayHere(me, permission) ||
  me?.projects.some(({ permissions }) => permissions.includes(permission)) === true

/** Makes the knowledge of who is here. */
export const rightsOf = (api: Api, topics: Topics): Rights => {
  let me: Me | null = null
  const read = (): Promise<Me> => api.read(ME_PATH, isMe)
  const take = (who: Me): void => {
    me = who
    topics.changed('me')
  }
  return {
    me: () => me,
    may: (permission, project) => mayIn(me, permission, project),
    read,
    take,
    async again() {
      const who = await read()
      // Somebody else is not the same person with other rights: that is for the sign-in to settle.
      if (who.id !== me?.id || JSON.stringify(who) === JSON.stringify(me)) return false
      take(who)
      return true
    },
  }
}
