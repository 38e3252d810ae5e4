import { assert } from '../../kernel/assert.ts'
import type { Words } from '../../kernel/operation.ts'
import type { Ground } from '../../platform/room.ts'
import type { PrincipalStore } from '../application/ports.ts'
import { type IdentityApi, type Known, PrincipalAdded } from '../contract.ts'
import { handleOf, newPrincipal } from '../domain/principal.ts'
import { principalStore } from './principal-store.ts'
import { readRights } from './rights-rows.ts'

/** Names that one call may ask for. */
const NAMES_MAX = 10_000

/** Answers other rooms, on the ground of their own transaction. */
export const identityApi = (ground: Ground): IdentityApi => {
  const principals = principalStore(ground)
  return {
    async handles(ids) {
      const found = await principals.find({ ids: bounded(ids) })
      return new Map(found.map(({ id, handle, kind }) => [id, { handle, kind }]))
    },
    byHandle: (handles) => findNames(principals, bounded(handles)),
    async ensurePlaceholders(names, words) {
      const known = await findNames(principals, bounded(names))
      const fresh = names.filter((name) => !known.has(name)).flatMap((name) => handleOf(name) ?? [])
      if (fresh.length === 0) return known
      await addPlaceholders(principals, [...new Set(fresh)], words)
      return findNames(principals, names)
    },
    async profile(id) {
      const [found] = await principals.find({ ids: [id] })
      return { skills: found?.skills ?? [], seatLimit: found?.seatLimit ?? null }
    },
    rights: (id, asked) => readRights(ground, id, asked),
  }
}

const bounded = (names: readonly string[]) => {
  assert(names.length <= NAMES_MAX, 'a call asks for a bounded number of names')
  return names
}

const findNames = async (
  principals: PrincipalStore,
  names: readonly string[],
): Promise<ReadonlyMap<string, Known>> => {
  const handles = new Map(names.map((name) => [name, handleOf(name)]))
  const wanted = [...handles.values()].filter((handle) => handle !== null)
  const found = wanted.length === 0 ? [] : await principals.find({ handles: [...new Set(wanted)] })
  const byHandle = new Map(found.map((one) => [one.handle, one]))
  return new Map(
    [...handles].flatMap(([name, handle]): [string, Known][] => {
      const one = handle === null ? undefined : byHandle.get(handle)
      return one ? [[name, { id: one.id, kind: one.kind, handle: one.handle }]] : []
    }),
  )
}

/** Adds persons without a key: they can be named and assigned, and nobody gets in as them. */
const addPlaceholders = async (
  principals: PrincipalStore,
  handles: readonly string[],
  { call, emit }: Pick<Words, 'call' | 'emit'>,
): Promise<void> => {
  const made = handles.map((handle) => newPrincipal({ id: call.newId(), kind: 'person', handle }))
  const added = await principals.addFree(made, call.now)
  for (const { id, handle, version } of made) {
    if (!added.has(id)) continue
    const data = { principalId: id, kind: 'person', responsibleId: null, version } as const
    emit(PrincipalAdded(data, { personal: { handle } }))
  }
}
