import type { Actor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { LiveLimits } from './limits.ts'

/** Why the hub ends a connection. */
export type Cut = 'signed_out' | 'come_back' | 'closing'

/** One open connection, as its door hands it in. */
export type Connection = Readonly<{
  actor: Actor
  credential: string | undefined
  /** What the actor could do when the connection was opened. */
  mark: string
  beat(): void
  /** Tells the reader that its rights changed. */
  purge(): void
  cut(why: Cut): void
}>

/** Everything that is open: counted, kept alive, and cut when its right to be open ends. */
export type Connections = Readonly<{
  /** Refuses the principal's next connection when it has enough. */
  check(actor: Actor): void
  /** Adds a connection and gives back its removal. */
  add(connection: Connection): () => void
  close(): void
}>

type Open = { connection: Connection; mark: string }

/** Makes the register of live connections of this process. */
export const connections = (hall: Hall, limits: LiveLimits): Connections => {
  const open = new Set<Open>()
  const counts = new Map<string, number>()
  const recheck = (of: Iterable<Open>): void => {
    for (const group of byCredential(of).values()) {
      recheckGroup(hall, group).catch((thrown: unknown) => {
        const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
        hall.log('error', 'Live connections were not rechecked.', { door: 'live', error })
      })
    }
  }
  const forget = hall.onAccessChange((orgId) => {
    recheck([...open].filter(({ connection }) => connection.actor.orgId === orgId))
  })
  const beat = setInterval(() => {
    for (const { connection } of open) connection.beat()
    recheck(open) // Keys also expire, and nothing happens when they do.
  }, limits.beatMs)
  beat.unref()
  const count = (actor: Actor, change: number): void => {
    const key = principalOf(actor)
    const now = (counts.get(key) ?? 0) + change
    if (now > 0) counts.set(key, now)
    else counts.delete(key)
  }
  return {
    check(actor) {
      if ((counts.get(principalOf(actor)) ?? 0) < limits.perPrincipalMax) return
      const message = `You have ${limits.perPrincipalMax} live connections; close one first.`
      throw refuse('too_many', 'platform.too_many_streams', message, { retryAfterS: 5 })
    },
    add(connection) {
      const entry: Open = { connection, mark: connection.mark }
      open.add(entry)
      count(connection.actor, 1)
      recheck([entry]) // A key revoked while its connection was being opened.
      return () => {
        if (open.delete(entry)) count(connection.actor, -1)
      }
    },
    close() {
      clearInterval(beat)
      forget()
      for (const { connection } of open) connection.cut('closing')
    },
  }
}

const principalOf = ({ orgId, id }: Actor): string => `${orgId}:${id}`

const byCredential = (of: Iterable<Open>): Map<string | undefined, Open[]> =>
  Map.groupBy(of, ({ connection }) => connection.credential)

// Whoever cannot be recognised now is cut, also when the reason is an outage: the reader comes
// back with its cursor and loses nothing.
const recheckGroup = async (hall: Hall, group: readonly Open[]): Promise<void> => {
  const credential = group[0]?.connection.credential
  try {
    const actor = await hall.authenticate(credential)
    const { mark } = await hall.offers(actor)
    for (const entry of group) {
      if (!isSame(actor, entry.connection.actor)) entry.connection.cut('come_back')
      else if (entry.mark !== mark) entry.connection.purge()
      entry.mark = mark
    }
  } catch {
    for (const { connection } of group) connection.cut('signed_out')
  }
}

const isSame = (a: Actor, b: Actor): boolean =>
  a.id === b.id &&
  a.epoch === b.epoch &&
  isSameSet(a.scopes, b.scopes) &&
  isSameSet(a.projects, b.projects)

const isSameSet = (a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean =>
  a === b || (a !== null && b !== null && a.size === b.size && [...a].every((one) => b.has(one)))
