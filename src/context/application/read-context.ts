import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation } from '../../kernel/operation.ts'
import { At, ContextView, Path } from '../contract.ts'
import { isObject, type Json, type JsonObject } from '../domain/json.ts'
import { type Effective, EFFECTIVE_BYTES_MAX, type Provenance, tooLarge } from '../domain/merge.ts'
import { isWithin, parsePath, patchAt, valueAt } from '../domain/path.ts'
import { renderContext } from '../domain/render.ts'
import { findSpot, scopeOf } from './find-spot.ts'
import type { ContextNeeds } from './ports.ts'
import { resolveContext } from './resolve-context.ts'

/** Reads what all tiers of a place say together, and who said each of it. */
export const readContext = operation<ContextNeeds>()({
  name: 'context.read_context',
  about: 'Read the context of a place with all it inherits; path narrows it.',
  input: z.strictObject({
    at: At.describe('global, GH, GH/main or GH-12'),
    path: Path.optional(),
    have: z.string().max(20).optional(),
  }),
  output: ContextView,
  access: 'context:read',
  effect: 'read',
  http: 'GET /context',
  mcp: 'context read',
  scope: scopeOf,
  cached: true,
  resource: 'guildhall://context/{at}',
  say: ({ text, locks }) => {
    const locked = Object.entries(locks).map(([path, by]) => `${path} (${by})`)
    return locked.length === 0 ? text : `${text}\nLocked: ${locked.slice(0, 10).join(', ')}`
  },
  async run({ at, path = '', have }, words) {
    const spot = await findSpot(words, at)
    const nodes = await words.nodes.read(spot.steps)
    const { shared, full, digest } = resolveContext(nodes)
    if (full.bytes > EFFECTIVE_BYTES_MAX) throw tooLarge(full, nodes)
    const part = narrow(full, path)
    const text = renderContext({
      at: spot.at,
      digest,
      // Who asks for a part wants that part, also when the whole is known.
      ...(have !== undefined && path === '' && { have }),
      shared: full === shared ? part : narrow(shared, path),
      full: part,
    })
    const own = nodes.at(-1)
    const names = await words.people.handles(writersOf(part))
    const origin = ({ tier, from, version, by }: Omit<Provenance, 'overrides'>) => ({
      ...{ tier, from, version },
      by: names.get(by)?.handle ?? null,
    })
    const origins = (found: ReadonlyMap<string, Provenance>) =>
      Object.fromEntries(
        Array.from(found, ([key, one]) => [
          key,
          { ...origin(one), overrides: one.overrides.map(origin) },
        ]),
      )
    return {
      ...{ at: spot.at, tier: spot.tier, title: spot.title, version: own?.version ?? 0 },
      ...{ own: own?.data ?? {}, value: part.value },
      ...{ provenance: origins(part.provenance), removed: origins(part.removed) },
      ...{ locks: Object.fromEntries(part.locks), ignored: [...part.ignored] },
      ...{ bytes: part.bytes, digest, text },
    }
  },
})

const writersOf = ({ provenance, removed }: Effective): readonly string[] => {
  const origins = [...provenance.values(), ...removed.values()]
  return [...new Set(origins.flatMap(({ by, overrides }) => [by, ...overrides.map((o) => o.by)]))]
}

/** Cuts a context down to what it says at a path and below. */
const narrow = (effective: Effective, path: string): Effective => {
  const names = parsePath(path)
  if (names.length === 0) return effective
  const value = valueAt(effective.value, names)
  const within = <T>(found: ReadonlyMap<string, T>) =>
    new Map([...found].filter(([key]) => isWithin(key, path)))
  return {
    value: value === undefined ? {} : objectAt(names, value),
    provenance: within(effective.provenance),
    removed: within(effective.removed),
    locks: within(effective.locks),
    ignored: effective.ignored.filter((one) => isWithin(one.path, path)),
    bytes: effective.bytes,
  }
}

const objectAt = (names: readonly string[], value: Json): JsonObject => {
  const object = patchAt(undefined, names, value)
  assert(isObject(object), 'A value at a path of keys stands in an object.')
  return object
}
