import type MiniSearch from 'minisearch'

// Finds tools by what they are called, say and take (BM25 over words). The index is made anew when
// a list changes: five hundred tools take 20 to 50 ms, and nobody keeps track of what changed.

/** Tools that a search gives. */
export const FOUND_MAX = 8
/** Characters of a question that are looked at. */
export const QUESTION_CHARACTERS_MAX = 400

const WORDS_MAX = 32
const DESCRIPTION_CHARACTERS_MAX = 4_000
const USAGE_FACTOR_MAX = 1.2
// From here on more use does not lift a tool any further.
const USES_MAX = 1_000
const PREFIX_CHARACTERS_MIN = 3

/** A tool as searching sees it. */
export type SearchedTool = Readonly<{
  /** The name that clients know; a search gives it back. */
  name: string
  title: string
  description: string
  parameters: readonly string[]
}>

/** Whose search it is: what they may see, and how often a tool was used. */
export type Seeker = Readonly<{
  /** Asked before anything is ranked: what somebody may not see takes no place. */
  maySee: (name: string) => boolean
  uses: (name: string) => number
}>

/** An index over the tools of an organisation. */
export type ToolSearch = Readonly<{
  /** Gives the names of the tools that fit best, at most eight. */
  find(question: string, seeker: Seeker): readonly string[]
}>

type Indexed = Readonly<{
  id: string
  name: string
  title: string
  description: string
  parameters: string
}>

// The usual numbers; `d`, a variant's minimum for every match, is switched off.
const BM25 = { k: 1.2, b: 0.75, d: 0 } as const
const BOOST = { name: 3, title: 2, description: 1, parameters: 1 } as const

/** Makes an index of tools; the same tools in another order give the same answers. */
export const toolSearch = async (tools: readonly SearchedTool[]): Promise<ToolSearch> => {
  const { default: Index } = await import('minisearch')
  const index: MiniSearch<Indexed> = new Index({
    fields: Object.keys(BOOST),
    tokenize: wordsOf,
    processTerm: stemOf,
    searchOptions: { bm25: BM25, boost: BOOST, prefix: mayContinue, tokenize: questionWords },
  })
  const sorted = [...tools].sort((a, b) => compare(a.name, b.name))
  index.addAll(
    sorted.map(({ name, title, description, parameters }) => ({
      // Where there is no title, clients show the name in its place.
      ...{ id: name, name, title: title || name, parameters: parameters.join(' ') },
      description: description.slice(0, DESCRIPTION_CHARACTERS_MAX),
    })),
  )
  return {
    find(question, { maySee, uses }) {
      const factors = new Map<string, number>()
      const factorOf = (name: string): number => {
        const known = factors.get(name)
        if (known !== undefined) return known
        // Zero leaves a tool out before it is scored.
        const factor = maySee(name) ? usageFactor(uses(name)) : 0
        factors.set(name, factor)
        return factor
      }
      const found = index.search(question.slice(0, QUESTION_CHARACTERS_MAX), {
        boostDocument: (id) => factorOf(String(id)),
      })
      return found
        .map(({ id, score }) => ({ name: String(id), score }))
        .sort((a, b) => b.score - a.score || compare(a.name, b.name))
        .slice(0, FOUND_MAX)
        .map(({ name }) => name)
    },
  }
}

/** Weighs how often a tool was used: from 1 for never to 1.2 for a thousand times. */
export const usageFactor = (uses: number): number => {
  const share = Math.log1p(Math.min(Math.max(uses, 0), USES_MAX)) / Math.log1p(USES_MAX)
  return 1 + (USAGE_FACTOR_MAX - 1) * share
}

/** Splits names and sentences into words: `createIssue`, `create_issue`, `create-issue` alike. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

const questionWords = (question: string): string[] => [
  ...new Set(wordsOf(question).slice(0, WORDS_MAX)),
]

// Plural and singular are one word; more of grammar would only help English further.
const stemOf = (word: string): string | null => {
  const lower = word.toLowerCase()
  if (FILLERS.has(lower)) return null
  if (lower.length > 4 && lower.endsWith('ies')) return `${lower.slice(0, -3)}y`
  if (lower.length > 3 && lower.endsWith('s') && !/(?:ss|us|is)$/.test(lower)) {
    return lower.slice(0, -1)
  }
  return lower
}

const FILLERS: ReadonlySet<string> = new Set([
  'a',
  'an',
  'and',
  'are',
  'for',
  'from',
  'in',
  'is',
  'of',
  'on',
  'or',
  'the',
  'to',
  'with',
])

const mayContinue = (word: string): boolean => word.length >= PREFIX_CHARACTERS_MIN

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b)
