import { looksLike } from './confusables.ts'
import { stripHidden } from './hidden-characters.ts'
import type { UpstreamName } from './tool-name.ts'

/**
 * Why tools of several servers can be taken for each other, from harmless to alarming: the same
 * name; another case; other separators; digits or letters of the same shape; a server's name that
 * runs into the tool's; letters of another alphabet or hidden ones.
 */
export const LOOK_ALIKES = [
  'same_name', 'case', 'separators', 'shapes', 'server', 'homoglyphs',
] as const // biome-ignore format: one line
/** A reason for taking one tool for another. */
export type LookAlikeKind = (typeof LOOK_ALIKES)[number]

/** Tools of at least two servers that look alike, sorted. */
export type LookAlike = Readonly<{ why: LookAlikeKind; tools: readonly UpstreamName[] }>

/** Groups of look-alikes that are told. */
export const LOOK_ALIKES_MAX = 200

/** Finds tools of different servers that a person or a model could take for each other (T2). */
export const findLookAlikes = (tools: readonly UpstreamName[]): readonly LookAlike[] => {
  const sorted = [...tools].sort(byName)
  const byTool = groupsOf(sorted, ({ name }) => shapeOf(name))
  const byServer = groupsOf(sorted, ({ slug, name }) => shapeOf(`${slug}${name}`))
  const found = byTool.map((group) => ({ why: reasonOf(group), tools: group }))
  for (const group of byServer) {
    const isKnown = new Set(group.map(({ name }) => shapeOf(name))).size === 1
    if (!isKnown) found.push({ why: 'server', tools: group })
  }
  return found
    .sort((a, b) => rank(b.why) - rank(a.why) || byName(a.tools[0], b.tools[0]))
    .slice(0, LOOK_ALIKES_MAX)
}

/** Finds names of servers that look alike: `github` and `git-hub`, `gitlab` and `git1ab`. */
export const findLookAlikeSlugs = (slugs: readonly string[]): readonly (readonly string[])[] => {
  const groups = Map.groupBy([...new Set(slugs)].sort(), shapeOf)
  return [...groups.values()].filter((group) => group.length > 1)
}

/** Reduces a name to what the eye sees: no case, no separators, one letter for each shape. */
export const shapeOf = (name: string): string =>
  looksLike(stripHidden(name).text)
    .replace(/[^\p{L}\p{N}|]/gu, '')
    .replace(/[0135789|]/g, (digit) => SHAPES[digit] ?? digit)
    .replace(/i/g, 'l')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')

const SHAPES: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'l', '3': 'e', '5': 's', '7': 't', '8': 'b', '9': 'g', '|': 'l' },
}

const groupsOf = (
  tools: readonly UpstreamName[],
  shape: (tool: UpstreamName) => string,
): readonly (readonly UpstreamName[])[] =>
  [...Map.groupBy(tools, shape).values()].filter(
    (group) => new Set(group.map(({ slug }) => slug)).size > 1,
  )

const reasonOf = (group: readonly UpstreamName[]): LookAlikeKind => {
  const names = [...new Set(group.map(({ name }) => name))]
  if (names.length === 1) return 'same_name'
  if (names.some((name) => !/^[ -~]*$/.test(name))) return 'homoglyphs'
  const lower = new Set(names.map((name) => name.toLowerCase()))
  if (lower.size === 1) return 'case'
  const bare = new Set([...lower].map((name) => name.replace(/[^a-z0-9]/g, '')))
  return bare.size === 1 ? 'separators' : 'shapes'
}

const rank = (why: LookAlikeKind): number => LOOK_ALIKES.indexOf(why)

const byName = (a?: UpstreamName, b?: UpstreamName): number => {
  const [one, other] = [`${a?.name}\n${a?.slug}`, `${b?.name}\n${b?.slug}`]
  return Number(one > other) - Number(one < other)
}
