import { LRUCache } from 'lru-cache'
import type { NewId, Random } from '../../kernel/id.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Sql } from '../sql.ts'
import { KEY_BYTES } from './envelope.ts'
import { type KeyChain, kekBinding } from './key-chain.ts'
import {
  type ActiveKey,
  addActive,
  holdActive,
  type KeptKey,
  olderKeys,
  retireActive,
  takeWraps,
} from './org-keys.ts'
import type { RootKey } from './root.ts'

/** Wraps under one key of an organisation, far below where random nonces could meet. */
const WRAPS_MAX = 2 ** 24
/** Wraps that a process counts at once, so that a seal alone writes nothing. */
const WRAPS_STEP = 4_096
const TURNS_MAX = 5
const SPARES_MAX = 10_000

/** How many wraps a key makes at most, and how many are counted at once. */
export type WrapLimits = Readonly<{ max: number; step: number }>

type Parts = Readonly<{
  chain: KeyChain
  root: RootKey
  random: Random
  newId: NewId
  now: () => number
  wraps?: WrapLimits | undefined
}>

/** The keys under which organisations seal now. */
export type ActiveKeys = Readonly<{
  draft(orgId: string): Promise<KeptKey>
  turn(sql: Sql, orgId: string, fresh: KeptKey): Promise<readonly string[]>
  /** Gives the active key, counted, and held until the transaction ends; makes the first one. */
  take(sql: Sql, orgId: string, field: string): Promise<ActiveKey>
}>

type Spare = { readonly id: string; readonly fields: readonly string[]; left: number }

/** Makes the way to the active keys of every organisation. */
export const activeKeys = (parts: Parts): ActiveKeys => {
  const { chain, root, random, newId, now } = parts
  const { max, step } = parts.wraps ?? { max: WRAPS_MAX, step: WRAPS_STEP }
  const spares = new LRUCache<string, Spare>({ max: SPARES_MAX })

  const draft: ActiveKeys['draft'] = async (orgId) => {
    const id = newId()
    const key = random(new Uint8Array(KEY_BYTES))
    const wrapped = await root.wrap(key, kekBinding(orgId, id))
    chain.keep(orgId, id, key)
    return { id, wrapped, rootId: root.id }
  }

  /** Takes one of the wraps that are counted already: held, so that no rotation passes by. */
  const takeSpare = async (sql: Sql, orgId: string, field: string) => {
    const spare = spares.get(orgId)
    if (!spare || spare.left === 0 || !spare.fields.includes(field)) return undefined
    // What was counted in a transaction that was taken back is not there. Another key is not held:
    // two who hold it and then both want to count on it would wait for each other.
    const held = await holdActive(sql, orgId, { id: spare.id, field })
    if (held === undefined) return undefined
    spare.left = Math.max(0, spare.left - 1)
    return held
  }

  return {
    draft,
    async turn(sql, orgId, fresh) {
      await retireActive(sql, orgId)
      const [added] = await addActive(sql, orgId, { ...fresh, now: now() })
      if (added === undefined) throw turnedElsewhere()
      return olderKeys(sql, orgId)
    },
    async take(sql, orgId, field) {
      const held = await takeSpare(sql, orgId, field)
      if (held) return held
      for (let turns = 0; turns < TURNS_MAX; turns += 1) {
        const taken = await takeWraps(sql, orgId, { wraps: step, field })
        if (taken && taken.wraps <= max) {
          spares.set(orgId, { id: taken.id, left: step - 1, fields: taken.fields })
          return taken
        }
        if (taken) await retireActive(sql, orgId)
        await addActive(sql, orgId, { ...(await draft(orgId)), now: now() })
      }
      throw turnedElsewhere()
    },
  }
}

const turnedElsewhere = () => {
  const message = 'The keys of this organisation were changed at this moment; try it once more.'
  return refuse('conflict', 'platform.keys_turned', message)
}
