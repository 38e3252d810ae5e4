import { assert } from '../../kernel/assert.ts'

/** Characters of a name that clients see: some add the server's name and stop at 60. */
export const HUB_NAME_CHARACTERS_MAX = 48

/** A tool or prompt as its server calls it. */
export type UpstreamName = Readonly<{ slug: string; name: string }>

/** Gives the SHA-256 of a text as lower-case hex digits. */
export type Sha256 = (text: string) => string

/** The names of a set of tools, both ways. */
export type HubNames = Readonly<{
  /** Gives the name under which clients know a tool. */
  nameOf(tool: UpstreamName): string | undefined
  /** Gives the tool behind a name. */
  behind(hubName: string): UpstreamName | undefined
  /** All names, sorted. */
  all: readonly string[]
}>

const HASH_CHARACTERS = 6
const TRIES_MAX = 1_000

/**
 * Names the tools (or the prompts) of all servers: `slug__tool`. What clients would refuse becomes
 * `_`; a name that is too long, or would be somebody else's, is cut and ends in a hash. The names
 * depend on the set only, and a name that needs no change never gives way to one that does.
 */
export const hubNames = (tools: readonly UpstreamName[], sha256: Sha256): HubNames => {
  const wanted = uniqueSorted(tools).map((tool) => ({ tool, plain: plainName(tool) }))
  const asked = new Map<string, number>()
  for (const { plain } of wanted) asked.set(plain, (asked.get(plain) ?? 0) + 1)
  const byName = new Map<string, UpstreamName>()
  for (const { tool, plain } of wanted) if (isExact(tool, plain)) byName.set(plain, tool)
  for (const { tool, plain } of wanted) {
    if (isExact(tool, plain)) continue
    const fits = plain.length <= HUB_NAME_CHARACTERS_MAX && tool.name !== ''
    const isFree = asked.get(plain) === 1 && !byName.has(plain)
    byName.set(fits && isFree ? plain : hashed(tool, plain, { sha256, byName }), tool)
  }
  const names = new Map([...byName].map(([name, tool]) => [keyOf(tool), name]))
  return {
    nameOf: (tool) => names.get(keyOf(tool)),
    behind: (hubName) => byName.get(hubName),
    all: [...byName.keys()].sort(),
  }
}

const plainName = ({ slug, name }: UpstreamName): string =>
  `${slug}__${name.replace(/[^A-Za-z0-9_-]/gu, '_')}`

const isExact = ({ slug, name }: UpstreamName, plain: string): boolean =>
  name !== '' && plain === `${slug}__${name}` && plain.length <= HUB_NAME_CHARACTERS_MAX

type Taken = Readonly<{ sha256: Sha256; byName: ReadonlyMap<string, UpstreamName> }>

const hashed = (tool: UpstreamName, plain: string, { sha256, byName }: Taken): string => {
  const head = plain.slice(0, HUB_NAME_CHARACTERS_MAX - HASH_CHARACTERS - 1)
  for (let salt = 0; salt < TRIES_MAX; salt++) {
    const text = salt === 0 ? keyOf(tool) : `${keyOf(tool)}\n${salt}`
    const name = `${head}_${sha256(text).slice(0, HASH_CHARACTERS)}`
    if (!byName.has(name)) return name
  }
  assert(false, 'a hash of six digits finds a free name')
}

const uniqueSorted = (tools: readonly UpstreamName[]): readonly UpstreamName[] => {
  const byKey = new Map(tools.map((tool) => [keyOf(tool), tool]))
  return [...byKey.values()].sort((a, b) => compare(keyOf(a), keyOf(b)))
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b)

// A slug has no line feed, so two different tools never have one key.
const keyOf = ({ slug, name }: UpstreamName): string => `${slug}\n${name}`
