import { refuse } from '../../kernel/refusal.ts'

// `fields` keeps of a result what its reader needs: dot paths, where a number is a place in a list
// and `*` is every place or name. The shape of the result stays, what was not named goes.

/** Paths that one call names at most. */
export const FIELDS_MAX = 20
/** Characters of one path. */
export const FIELD_CHARS_MAX = 200
/** Steps of one path. */
export const FIELD_STEPS_MAX = 10
/** Values that are looked at for one result. */
export const FIELD_VALUES_MAX = 500_000
/** Levels that what was picked may have: more cannot be written as text without danger. */
export const FIELD_LEVELS_MAX = 100
/** Names that are told where a path finds nothing. */
const NAMES_TOLD_MAX = 20
const NAME_CHARS_MAX = 40

/** A tree of all paths that were named. */
export type FieldTree = Readonly<{
  /** The paths that end here, as they were written. */
  paths: readonly string[]
  each: FieldTree | null
  names: ReadonlyMap<string, FieldTree>
}>

/** What was picked: as a value, and as the text that agents read. */
export type Picked = Readonly<{ value: unknown; text: string; missing: readonly string[] }>

type Step = Readonly<{ kind: 'each' } | { kind: 'name'; name: string }>
type Path = Readonly<{ path: string; steps: readonly Step[] }>

/** Reads paths such as `items.*.name`; `\.`, `\*` and `\\` stand for the characters themselves. */
export const readFields = (fields: readonly string[]): FieldTree => {
  if (fields.length === 0 || fields.length > FIELDS_MAX) {
    const message = `Name 1 to ${FIELDS_MAX} fields, or leave them out for the whole result.`
    throw refuse('invalid', 'tools.fields_too_many', message, { max: FIELDS_MAX })
  }
  return treeOf(fields.map((path) => ({ path, steps: stepsOf(path) })))
}

const stepsOf = (path: string): readonly Step[] => {
  if (path.length > FIELD_CHARS_MAX) throw malformed(path)
  const steps: Step[] = []
  let name = ''
  let escaped = false
  const end = () => {
    if (name === '' || steps.length >= FIELD_STEPS_MAX) throw malformed(path)
    steps.push(name === '*' && !escaped ? { kind: 'each' } : { kind: 'name', name })
    name = ''
    escaped = false
  }
  for (let at = 0; at < path.length; at += 1) {
    const char = path.charAt(at)
    if (char === '.') end()
    else if (char !== '\\') name += char
    else {
      at += 1
      const meant = path.charAt(at)
      if (meant === '' || !'.*\\'.includes(meant)) throw malformed(path)
      name += meant
      escaped = true
    }
  }
  end()
  return steps
}

const malformed = (path: string) => {
  const shown = path.length > 60 ? `${path.slice(0, 57).toWellFormed()}...` : path
  const message =
    `"${shown}" is not a path. Write steps with dots between, such as items.0.name or ` +
    `items.*.name, at most ${FIELD_STEPS_MAX} of them; \\. stands for a dot in a name.`
  return refuse('invalid', 'tools.field_malformed', message, { field: shown })
}

const treeOf = (paths: readonly Path[]): FieldTree => {
  const ends = paths.filter(({ steps }) => steps.length === 0)
  const each: Path[] = []
  const names = new Map<string, Path[]>()
  for (const { path, steps } of paths) {
    const [step, ...rest] = steps
    if (step?.kind === 'each') each.push({ path, steps: rest })
    if (step?.kind !== 'name') continue
    names.set(step.name, [...(names.get(step.name) ?? []), { path, steps: rest }])
  }
  return {
    paths: ends.map(({ path }) => path),
    each: each.length > 0 ? treeOf(each) : null,
    names: new Map([...names].map(([name, below]) => [name, treeOf(below)])),
  }
}

/** Picks fields out of a structured result, else out of a text that is JSON; `null`: neither. */
export const pickFields = (
  result: Readonly<{ structured?: unknown; text: string }>,
  fields: FieldTree,
): Picked | null => {
  const whole = isTree(result.structured) ? result.structured : readJson(result.text)
  if (!isTree(whole)) return null
  const found = new Set<string>()
  let looked = 0
  const count = () => {
    looked += 1
    if (looked > FIELD_VALUES_MAX) throw tooWide()
  }
  const value = select(whole, [fields], { found, count })
  if (levelsOver(value, FIELD_LEVELS_MAX)) throw tooDeep()
  const missing = pathsOf(fields).filter((path) => !found.has(path))
  const json = value === undefined ? '' : JSON.stringify(value)
  const note = missing.length > 0 ? noteOf(missing, whole) : ''
  const text = [json, note].filter((part) => part !== '').join('\n')
  return { value: value ?? null, text, missing }
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null

const readJson = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined // Text that only begins like JSON is given as it is.
  }
}

type Walk = Readonly<{ found: Set<string>; count: () => void }>

/** Keeps of a value what any of the trees names; `undefined` where they find nothing in it. */
const select = (value: unknown, trees: readonly FieldTree[], walk: Walk): unknown => {
  walk.count()
  if (trees.some(({ paths }) => paths.length > 0)) {
    // All of it was asked for: so was what lies below.
    for (const tree of trees) for (const path of pathsOf(tree)) walk.found.add(path)
    return value
  }
  if (!isTree(value)) return undefined
  const all: readonly (readonly [string, unknown])[] = Object.entries(value)
  if (all.length === 0) return selectEmpty(value, trees, walk)
  const kept: [string, unknown][] = []
  for (const [name, item] of all) {
    walk.count()
    const below = trees.flatMap(({ each, names }) => [each, names.get(name)]).filter(isGiven)
    const picked = below.length > 0 ? select(item, below, walk) : undefined
    if (picked !== undefined) kept.push([name, picked])
  }
  if (kept.length === 0) return undefined
  return Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept)
}

/** Answers "each of none": the empty list was found, there is just nothing in it. */
const selectEmpty = (value: object, trees: readonly FieldTree[], walk: Walk): unknown => {
  const each = trees.flatMap((tree) => (tree.each === null ? [] : [tree.each]))
  for (const tree of each) for (const path of pathsOf(tree)) walk.found.add(path)
  return each.length > 0 ? value : undefined
}

const isGiven = (tree: FieldTree | null | undefined): tree is FieldTree => !!tree

const pathsOf = ({ paths, each, names }: FieldTree): readonly string[] => [
  ...paths,
  ...[...(each === null ? [] : [each]), ...names.values()].flatMap(pathsOf),
]

/** Tells whether a value has more levels; walks without calling itself, however deep it is. */
const levelsOver = (value: unknown, max: number): boolean => {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > max) return true
    const trees = level.filter(isTree)
    level = trees.flatMap((tree): readonly unknown[] => Object.values(tree))
  }
  return false
}

const noteOf = (missing: readonly string[], whole: object): string => {
  const names = Array.isArray(whole) ? [] : Object.keys(whole)
  const told = names.slice(0, NAMES_TOLD_MAX).map(shown).join(', ')
  const rest = names.length > NAMES_TOLD_MAX ? `, and ${names.length - NAMES_TOLD_MAX} more` : ''
  const there = Array.isArray(whole)
    ? `The result is a list of ${whole.length}: begin with * or a number.`
    : `At the top there are: ${told}${rest}.`
  return `[Not found: ${missing.map(shown).join(', ')}. ${there}]`
}

const shown = (name: string): string =>
  name.length > NAME_CHARS_MAX ? `${name.slice(0, NAME_CHARS_MAX).toWellFormed()}...` : name

const tooWide = () => {
  const message = 'These fields look at too much of the result; name fewer of them, without *.'
  return refuse('invalid', 'tools.fields_too_wide', message, { max: FIELD_VALUES_MAX })
}

const tooDeep = () => {
  const message = 'What these fields name is nested too deeply; name something further inside.'
  return refuse('invalid', 'tools.fields_too_deep', message, { max: FIELD_LEVELS_MAX })
}
