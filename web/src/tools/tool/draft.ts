import type { Choice, Field } from './fields.ts'

/** What is written in a form, by the paths of its fields: texts, and the choices of lists. */
export type Draft = Readonly<Record<string, string>>

/** Gives what is written at a field; servers may call one `constructor`. */
export const textAt = (draft: Draft, path: string): string =>
  Object.hasOwn(draft, path) ? (draft[path] ?? '') : ''

/** What a form sends, or what is wrong with it, by the paths of its fields. */
export type Filled = Readonly<{
  args: Readonly<Record<string, unknown>>
  problems: ReadonlyMap<string, string>
}>

/** Where problems stand that are about no field. */
export const WHOLE = ''

/** Reads the arguments out of a form: what was left empty is not given. */
export const filledIn = (fields: readonly Field[], draft: Draft): Filled => {
  const problems = new Map<string, string>()
  const args = groupOf(fields, { draft, problems, isNeeded: true })
  return { args, problems }
}

type Reading = Readonly<{
  draft: Draft
  problems: Map<string, string>
  /** Whether the object itself is given: only then what it requires is missed. */
  isNeeded: boolean
}>

const groupOf = (fields: readonly Field[], reading: Reading): Readonly<Record<string, unknown>> => {
  const entries = fields.flatMap((field): [string, unknown][] => {
    const value = valueOf(field, reading)
    if (value === undefined) {
      if (field.required && reading.isNeeded && !reading.problems.has(field.path)) {
        reading.problems.set(field.path, 'This is needed.')
      }
      return []
    }
    return [[field.name, value]]
  })
  return Object.fromEntries(entries)
}

const valueOf = (field: Field, reading: Reading): unknown => {
  if (field.kind === 'group') {
    const isGiven = field.required ? reading.isNeeded : hasText(field, reading.draft)
    const group = groupOf(field.fields, { ...reading, isNeeded: isGiven })
    return isGiven ? group : undefined
  }
  const text = textAt(reading.draft, field.path)
  if (text === '') return undefined
  const read = READERS[field.kind](text, field)
  if ('problem' in read) {
    reading.problems.set(field.path, read.problem)
    return undefined
  }
  return read.value
}

/** Tells whether anything of a field is filled in. */
const hasText = (field: Field, draft: Draft): boolean =>
  field.kind === 'group'
    ? field.fields.some((inner) => hasText(inner, draft))
    : textAt(draft, field.path) !== ''

type ReadValue = Readonly<{ value: unknown }> | Readonly<{ problem: string }>

const READERS: Record<
  Exclude<Field['kind'], 'group'>,
  (text: string, field: Field) => ReadValue
> = {
  text: (text) => ({ value: text }),
  number: numberIn,
  flag: (text) => ({ value: text === 'true' }),
  choice: (text, field) => choiceIn(text, field.kind === 'choice' ? field.choices : []),
  list: listIn,
  json: (text) => jsonIn(text),
}

function numberIn(text: string, field: Field): ReadValue {
  const value = Number(text.trim())
  if (text.trim() === '' || !Number.isFinite(value)) return { problem: 'This is no number.' }
  if (field.kind !== 'number') return { value }
  const { isWhole, min, max } = field
  if (isWhole && !Number.isInteger(value)) return { problem: 'This is no whole number.' }
  if (min !== null && value < min) return { problem: `The least is ${min}.` }
  if (max !== null && value > max) return { problem: `The most is ${max}.` }
  return { value }
}

// A choice is kept by its place: two of them may look alike, as 1 and "1" do.
const choiceIn = (text: string, choices: readonly Choice[]): ReadValue => {
  const value = choices[Number(text)]
  return value === undefined ? { problem: 'Choose one of the list.' } : { value }
}

function listIn(text: string, field: Field): ReadValue {
  if (field.kind !== 'list') return { problem: 'This is no list.' }
  const { of, choices } = field
  if (of === 'choice') {
    return { value: text.split(',').flatMap((place) => choices[Number(place)] ?? []) }
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (of === 'text') return { value: lines }
  const numbers = lines.map((line) => Number(line.trim()))
  const wrong = numbers.findIndex(
    (one) => !Number.isFinite(one) || (of === 'whole' && one % 1 !== 0),
  )
  if (wrong < 0) return { value: numbers }
  return { problem: `Line ${wrong + 1} is no ${of === 'whole' ? 'whole ' : ''}number.` }
}

/** Reads JSON that somebody wrote. */
export const jsonIn = (text: string): ReadValue => {
  try {
    const value: unknown = JSON.parse(text)
    return { value }
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : ''}` }
  }
}

/** Sorts what the hub found wrong with arguments to the fields that it is about. */
export const problemsAt = (
  sentences: readonly string[],
  fields: readonly Field[],
): ReadonlyMap<string, string> => {
  const paths = allPaths(fields).toSorted((a, b) => b.length - a.length)
  const problems = new Map<string, string>()
  for (const sentence of sentences) {
    const path = paths.find((one) => startsAt(sentence, one)) ?? WHOLE
    const said = path === WHOLE ? sentence : sentence.slice(sentence.indexOf(': ', path.length) + 2)
    const before = problems.get(path)
    problems.set(path, before === undefined ? said : `${before} ${said}`)
  }
  return problems
}

// `tags[1]: is too long` is about `tags`; `tagsets: ..` is not.
const startsAt = (sentence: string, path: string): boolean =>
  sentence.startsWith(path) && /^(:|\[|\.)/.test(sentence.slice(path.length))

const allPaths = (fields: readonly Field[]): readonly string[] =>
  fields.flatMap((field) =>
    field.kind === 'group' ? [field.path, ...allPaths(field.fields)] : [field.path],
  )
