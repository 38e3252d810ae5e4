import { Refusal } from '../../kernel/refusal.ts'
import { type Keyring, SEAL_BROKEN } from '../../platform/keyring/keyring.ts'
import type { SealedRow, SealedSource } from '../../platform/keyring/sources.ts'
import type { Ground } from '../../platform/room.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { Batch, Keys, Moves } from '../application/ports.ts'
import type { Cursor } from '../domain/rotation.ts'
import { VALUE_FIELD } from './secret-source.ts'

/** Values that one batch of a rotation moves or opens at most, unless it is said otherwise. */
const BATCH_ROWS = 200
/** Milliseconds for which a secret that passed through is looked for in what the hub writes. */
export const REMEMBER_MS = 15 * 60_000

/** Gives what a sealed text opens to; `null` for one that does not belong where it is. */
const openedOrNull = async (opening: Promise<Uint8Array>): Promise<Uint8Array | null> => {
  try {
    return await opening
  } catch (error) {
    if (error instanceof Refusal && error.code === SEAL_BROKEN) return null
    throw error
  }
}

/** Speaks of the keyring in the words of this room. */
export const keysFrom = (
  keyring: Keyring,
  { sql, orgId }: Ground,
  scrubber: Pick<Scrubber, 'remember'>,
): Keys => {
  const placeOf = ({ id, version }: Readonly<{ id: string; version: number }>) => ({
    ...{ orgId, secret: id, field: VALUE_FIELD, version },
  })
  return {
    async prepare(value) {
      scrubber.remember(value, REMEMBER_MS)
      await keyring.warm(orgId)
      return { fingerprint: await keyring.fingerprint(orgId, value) }
    },
    seal: (secret, value) => keyring.seal(sql, placeOf(secret), value),
    async test(secret) {
      const plain = await openedOrNull(keyring.open(sql, placeOf(secret), secret.sealed))
      if (plain === null) return null
      try {
        return await keyring.fingerprint(orgId, plain)
      } finally {
        plain.fill(0)
      }
    },
    draft: () => keyring.draft(orgId),
    turn: (draft) => keyring.turn(sql, orgId, draft),
  }
}

/** Moves what the given sources keep sealed, in their order. */
export const movesFrom = (
  keyring: Keyring,
  ground: Ground,
  { sources, batchRows = BATCH_ROWS }: Moved,
): Moves => {
  const { sql, orgId } = ground

  /** Works on rows from a cursor on, over the ends of sources, until the batch is full. */
  const batch = async (
    cursor: Cursor,
    under: readonly string[] | null,
    work: (rows: readonly SealedRow[], source: SealedSource) => Promise<string | null>,
  ): Promise<Batch> => {
    let { source: at, after } = cursor
    let count = 0
    for (let source = sources[at]; source !== undefined; source = sources[at]) {
      const limit = batchRows - count
      const rows = await source.read(ground, { after, limit, under })
      const broken = rows.length === 0 ? null : await work(rows, source)
      if (broken !== null) return { count: 0, next: null, broken }
      count += rows.length
      const last = rows.at(-1)
      if (rows.length === limit && last) {
        return { count, next: { source: at, after: last.key }, broken: null }
      }
      at += 1
      after = null
    }
    return { count, next: null, broken: null }
  }

  return {
    async count(oldKeys) {
      let count = 0
      for (const source of sources) count += await source.count(ground, oldKeys)
      return count
    },
    move: (cursor, oldKeys) =>
      batch(cursor, oldKeys, async (rows, source) => {
        const moved: SealedRow[] = []
        for (const row of rows) {
          const [one] = await keyring.rewrap(sql, orgId, [row]).catch(nothingIfBroken)
          if (one === undefined) return `${source.name}/${row.key}`
          moved.push(one)
        }
        await source.write(ground, moved)
        return null
      }),
    verify: (cursor) =>
      batch(cursor, null, async (rows, source) => {
        for (const { key, place, sealed } of rows) {
          const plain = await openedOrNull(keyring.open(sql, place, sealed))
          if (plain === null) return `${source.name}/${key}`
          plain.fill(0)
        }
        return null
      }),
    async destroy(oldKeys) {
      const fields = sources.flatMap((source) => source.fields)
      const { destroyed, keptFor } = await keyring.destroy(sql, orgId, { ids: oldKeys, fields })
      return { destroyed: destroyed.length, keptFor }
    },
  }
}

type Moved = Readonly<{ sources: readonly SealedSource[]; batchRows?: number | undefined }>

const nothingIfBroken = (error: unknown): readonly SealedRow[] => {
  if (error instanceof Refusal && error.code === SEAL_BROKEN) return []
  throw error
}
