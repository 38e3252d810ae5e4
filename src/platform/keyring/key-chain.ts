import { LRUCache } from 'lru-cache'
import { refuse } from '../../kernel/refusal.ts'
import { bindingOf } from './envelope.ts'
import type { KeptKey } from './org-keys.ts'
import type { RootKey } from './root.ts'

/** Keys of organisations that one process holds open at a time. */
export const OPEN_KEYS_MAX = 1_000

/** Binds the wrap of an organisation's key to its place. */
export const kekBinding = (orgId: string, id: string): Buffer =>
  bindingOf('guildhall/kek/v1', orgId, id)

/** The way from kept keys to open ones: unwrapped once, held in memory, zeroed when dropped. */
export type KeyChain = Readonly<{
  /**
   * Works with an open key. `work` may not wait: what it is given can be zeroed right after, and
   * a seal under a zeroed key would be one that anybody opens.
   */
  use<T>(orgId: string, kept: KeptKey, work: (key: Uint8Array) => T): Promise<T>
  /** The same, where the key is open already; undefined where it is not. */
  useOpen<T>(orgId: string, id: string, work: (key: Uint8Array) => T): T | undefined
  /** Keeps a key that was just made. */
  keep(orgId: string, id: string, key: Uint8Array): void
  drop(orgId: string, ids: readonly string[]): void
  stop(): void
}>

/** Makes the chain over the root keys: the one in force and those of before. */
export const keyChain = (roots: readonly RootKey[], max = OPEN_KEYS_MAX): KeyChain => {
  const open = new LRUCache<string, Uint8Array>({
    max,
    dispose: (key) => {
      key.fill(0)
    },
  })
  const nameOf = (orgId: string, id: string) => `${orgId}/${id}`

  const unwrapped = async (orgId: string, { id, wrapped, rootId }: KeptKey) => {
    const root = roots.find((one) => one.id === rootId)
    const key = await root?.unwrap(wrapped, kekBinding(orgId, id))
    if (!key) throw wrongRoot(rootId, roots[0]?.id ?? 'none')
    return key
  }
  return {
    async use(orgId, kept, work) {
      const known = open.get(nameOf(orgId, kept.id))
      if (known) return work(known)
      const key = await unwrapped(orgId, kept)
      const result = work(key)
      open.set(nameOf(orgId, kept.id), key)
      return result
    },
    useOpen(orgId, id, work) {
      const known = open.get(nameOf(orgId, id))
      return known && work(known)
    },
    keep: (orgId, id, key) => void open.set(nameOf(orgId, id), key),
    drop(orgId, ids) {
      for (const id of ids) open.delete(nameOf(orgId, id))
    },
    stop: () => open.clear(),
  }
}

/** Says that a root key is not the one that sealed what is here. */
export const wrongRoot = (expected: string, got: string) => {
  const message =
    `This root key does not open this hub (expected ${expected}, got ${got}). ` +
    'Give it the key that it was started with; nothing was changed.'
  return refuse('conflict', 'platform.root_key_wrong', message, { expected, got })
}
