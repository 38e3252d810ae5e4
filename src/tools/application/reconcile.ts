import type { Words } from '../../kernel/operation.ts'
import { type Definition, hashOf, readDefinition } from '../domain/definition.ts'
import { visible } from '../domain/hidden-characters.ts'
import { suspicionsOf } from '../domain/hidden-text.ts'
import { advancePin, type PinStep, propose } from '../domain/pin.ts'
import type { Upstream } from '../domain/upstream.ts'
import { CatalogueRefreshed, DefinitionChanged } from '../events.ts'
import type { Found, HubNeeds } from './hub-ports.ts'
import type { StoredDefinition } from './hub-records.ts'
import { lookAlikesOf } from './look-alikes.ts'

/** Warnings that are kept of one definition. */
const WARNINGS_MAX = 10

/** Characters of a name in a sentence. */
const NAME_SHOWN_MAX = 80

/** What a server said that it offers, read and hashed; what could not be read is left out. */
export type Offer = Readonly<{
  found: Found
  definitions: readonly Readonly<{
    definition: Definition
    hash: string
    warnings: readonly string[]
  }>[]
  /** Sentences about what is not used, and why. */
  left: readonly string[]
}>

/** Reads what a server said that it offers; a schema that cannot be used is told here. */
export const readOffer = async (found: Found, needs: HubNeeds): Promise<Offer> => {
  const definitions: Offer['definitions'][number][] = []
  const left: string[] = []
  for (const { kind, name, body } of found.definitions) {
    const read = readDefinition(kind, body)
    if (read.kind === 'unfit') {
      left.push(`${read.name || shown(name)}: ${read.faults.join('; ')}`)
      continue
    }
    const unusable = kind === 'tool' ? await needs.checks.judge(body) : null
    if (unusable !== null) {
      left.push(`${shown(name)}: ${unusable}`)
      continue
    }
    const { definition } = read
    const hash = hashOf(definition, needs.sha256)
    definitions.push({ definition, hash, warnings: warningsOf(definition) })
  }
  return { found, definitions, left }
}

const shown = (name: string): string => visible(name.slice(0, NAME_SHOWN_MAX))

const warningsOf = (definition: Definition): readonly string[] => {
  const odd = suspicionsOf(definition.body)
  return odd.map(({ at, kind, words }) => `${kind} in ${at}: ${words}`).slice(0, WARNINGS_MAX)
}

/**
 * Compares what a server offers with what is kept. What is new waits for a decision, unless it is
 * the first time: then whoever added the server has decided. What differs from what was approved
 * is blocked until somebody has looked at the difference.
 */
export const reconcile = async (
  upstream: Upstream,
  offer: Offer,
  words: HubNeeds & Words,
): Promise<Upstream> => {
  const { call, definitions, upstreams, emit } = words
  const known = new Map(
    (await definitions.of(upstream.id)).map((one) => [`${one.kind} ${one.name}`, one]),
  )
  const counts = { added: 0, changed: 0, gone: 0 }
  const fresh: StoredDefinition[] = []
  const warned = await withLookAlikes(upstream, offer, words)
  for (const { definition, hash, warnings } of warned) {
    const { kind, name, body } = definition
    const before = known.get(`${kind} ${name}`)
    known.delete(`${kind} ${name}`)
    if (before === undefined) {
      counts.added += 1
      fresh.push(firstSeen(upstream, { kind, name, hash, body, warnings }, call))
    } else if (await step(before, { kind: 'listed', hash, body }, { warnings, words })) {
      counts.changed += 1
    }
  }
  for (const gone of known.values()) {
    if (gone.state === 'gone') continue
    if (await step(gone, { kind: 'missing' }, { warnings: gone.warnings, words })) counts.gone += 1
  }
  await definitions.add(fresh)
  const { found } = offer
  const next: Upstream = {
    ...upstream,
    ...{ foundAt: call.now, triedAt: call.now, failure: leftOf(offer), server: found.server },
    ...{ instructions: found.instructions, version: upstream.version + 1 },
    config: { ...upstream.config, offers: found.capabilities },
  }
  await upstreams.save(next)
  const about = { upstreamId: upstream.id, found: offer.definitions.length, ...counts }
  emit(CatalogueRefreshed({ ...about, failure: next.failure, version: next.version }))
  return next
}

const withLookAlikes = async (
  upstream: Upstream,
  { definitions }: Offer,
  { catalogue }: HubNeeds,
): Promise<Offer['definitions']> => {
  const tools = definitions.filter(({ definition }) => definition.kind === 'tool')
  const names = tools.map(({ definition }) => definition.name)
  const alike = lookAlikesOf(upstream, names, await catalogue())
  return definitions.map((one) => {
    const own = one.definition.kind === 'tool' ? alike.get(one.definition.name) : undefined
    if (own === undefined) return one
    return { ...one, warnings: [...own, ...one.warnings].slice(0, WARNINGS_MAX) }
  })
}

const leftOf = ({ left }: Offer): string | null =>
  left.length === 0 ? null : `Not used: ${left.join(' | ')}`.slice(0, 1_000)

type Seen = Pick<StoredDefinition, 'kind' | 'name' | 'hash' | 'body' | 'warnings'>

const firstSeen = (
  upstream: Upstream,
  seen: Seen,
  { newId, now }: Words['call'],
): StoredDefinition => {
  const isFirst = upstream.foundAt === null && upstream.config['review'] !== true
  const pin = propose(seen.hash, seen.body)
  return {
    ...{ ...seen, ...pin, id: newId(), upstreamId: upstream.id, foundAt: now, version: 1 },
    state: isFirst ? 'approved' : 'proposed',
    // Whoever trusts a server's own words about its effects says so when adding it.
    decidedAt: isFirst && upstream.config['trust'] === true ? now : null,
  }
}

type Stepping = Readonly<{ warnings: readonly string[]; words: HubNeeds & Words }>

/** Moves a definition on; tells whether anything about it is another than before. */
const step = async (
  before: StoredDefinition,
  happened: PinStep,
  { warnings, words }: Stepping,
): Promise<boolean> => {
  const after = advancePin(before, happened)
  const isSame =
    after.state === before.state && after.hash === before.hash && after.nextHash === before.nextHash
  if (isSame) return false
  const next = { ...after, warnings, version: before.version + 1 }
  await words.definitions.save(next)
  if (next.state === 'changed' && next.nextHash !== null) {
    const { id: definitionId, upstreamId, name, hash, nextHash, version } = next
    const hashes = { approvedHash: hash, foundHash: nextHash }
    words.emit(DefinitionChanged({ definitionId, upstreamId, name, ...hashes, version }))
  }
  return true
}
