import type { Actor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import type { Shown } from '../session-cookie.ts'
import type { LiveLimits } from './limits.ts'

/** Why the hub ends a connection. */
export type Cut = 'signed_out' | 'come_back' | 'closing'

/** One open connection, as its door hands it in. */
export type Connection = Readonly<{
  actor: Actor
  shown: Shown
  /** What the actor could do when the connection was opened. */
  mark: string
  beat(): void
  /** Tells the reader that its rights changed. */
  purge(): void
  cut(why: Cut): void
}>

/** Everything that is open: kept alive, and cut when its right to be open ends. */
export type Connections = Readonly<{
  /** Adds a connection and gives back its removal. */
  add(connection: Connection): () => void
  close(): void
}>

type Open = { connection: Connection; mark: string }

/** Makes the register of live connections of this process. */
export const connections = (hall: Hall, limits: LiveLimits): Connections => {
  const open = new Set<Open>()
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
  return {
    add(connection) {
      const entry: Open = { connection, mark: connection.mark }
      open.add(entry)
      recheck([entry]) // A key revoked while its connection was being opened.
      return () => void open.delete(entry)
    },
    close() {
      clearInterval(beat)
      forget()
      for (const { connection } of open) connection.cut('closing')
    },
  }
}

const byCredential = (of: Iterable<Open>): Map<string | undefined, Open[]> =>
  Map.groupBy(of, ({ connection }) => connection.shown.credential)

// Whoever cannot be recognised now is cut, also when the reason is an outage: the reader comes
// back with its cursor and loses nothing.
const recheckGroup = async (hall: Hall, group: readonly Open[]): Promise<void> => {
  const shown = group[0]?.connection.shown
  try {
    const actor = await hall.authenticate(shown?.credential, shown?.presented)
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
