import type { Adapter, AdapterPayload, errors as Errors } from 'oidc-provider'
import type { ItemStore, Payload } from './oauth-item-store.ts'

/** What an adapter needs besides its store. */
export type AdapterGround = Readonly<{
  items: ItemStore
  errors: Pick<typeof Errors, 'InvalidGrant' | 'SlowDown'>
  /** Milliseconds within which a used refresh token passes once more. */
  reuseMs: number
  now: () => number
  /** A grant is gone: whoever gave it should see so. */
  grantEnded: (grantId: string, payload: Payload) => Promise<void>
}>

/** Seconds for which an item without an end of its own is kept. */
const TTL_S = 3_600
/** Parts of a payload that open something by themselves, or are not needed again. */
const SECRET_PARTS = ['jti', 'userCode', 'deviceCode', 'returnTo', 'lastSubmission'] as const

/** Makes the store of one kind of item as the protocol's library wants it. */
export const oauthAdapter =
  (ground: AdapterGround) =>
  (model: string): Adapter => {
    const { items, errors } = ground
    const isRefresh = model === 'RefreshToken'
    return {
      async upsert(id, payload, ttlS = TTL_S) {
        const { grantId, uid, userCode } = payload
        const marks = {
          ...(grantId !== undefined && { grantId }),
          ...(uid !== undefined && { uid }),
          ...(userCode !== undefined && { userCode }),
        }
        await items.put(model, id, { payload: keptOf(payload), marks, ttlMs: ttlS * 1_000 })
      },
      async find(id) {
        const item = await items.find(model, id)
        if (!item) return undefined
        if (model === 'DeviceCode' && item.consumedAt === null) {
          if (!(await items.poll(model, id))) throw new errors.SlowDown()
        }
        const again =
          isRefresh &&
          !item.passedAgain &&
          item.consumedAt !== null &&
          item.consumedAt > ground.now() - ground.reuseMs
        const consumed = item.consumedAt !== null && !again
        return { ...item.payload, jti: id, ...(consumed && { consumed: true }) }
      },
      // Devices are found by the consent page, past the library: see `findDevice`.
      findByUserCode: async () => undefined,
      async findByUid(uid) {
        const item = await items.findByUid(model, uid)
        return item && { ...item.payload, uid }
      },
      async consume(id) {
        const used = isRefresh ? items.consumeRefresh(model, id) : items.consume(model, id)
        if (!(await used)) throw new errors.InvalidGrant('it was used meanwhile')
      },
      async destroy(id) {
        const payload = await items.remove(model, id)
        if (model === 'Grant' && payload) await ground.grantEnded(id, payload)
      },
      revokeByGrantId: (grantId) => items.removeGrant(grantId),
    }
  }

const keptOf = (payload: AdapterPayload): Payload => {
  const kept: Record<string, unknown> = { ...payload }
  for (const part of SECRET_PARTS) delete kept[part]
  const { session } = payload
  if (session) {
    const { cookie: _, ...rest } = session
    kept['session'] = rest
  }
  return kept
}
