import type { z } from 'zod'
import { plainMessage } from './input-message.ts'
import { type Refusal, refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'

/** Parses an operation's input; the refusal names the field, and the nearest to a mistyped one. */
export const parseInput = (shape: z.ZodType, input: unknown): unknown => {
  const parsed = shape.safeParse(input, { error: plainMessage })
  if (parsed.success) return parsed.data
  throw unfit(shape, parsed.error.issues)
}

const unfit = (shape: z.ZodType, issues: readonly z.core.$ZodIssue[]): Refusal => {
  // A mistyped name also leaves the right one missing: the name is what helps.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  const field = issue ? pathOf(issue.path) : ''
  const where = field ? `${field}: ` : ''
  const details = { ...(field && { field }), problems: issues.slice(0, 10).map(problemOf) }
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? ''
    const near = nearest(name, namesOf(shape, issue.path))
    const hint = near ? `Did you mean "${near}"?` : 'Leave it out.'
    const message = `${where}"${name}" is not known here. ${hint}`
    return refuse('invalid', 'platform.input_not_valid', message, { ...details, field: name })
  }
  const message = `${where}${issue?.message ?? 'This input does not fit'}.`.replace(/\.\.$/, '.')
  return refuse('invalid', 'platform.input_not_valid', message, details)
}

const problemOf = (issue: z.core.$ZodIssue) => ({
  field: pathOf(issue.path),
  message: issue.message.slice(0, 200),
})

/** Writes a path as people do: `items[3].depends_on`. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text ? `${text}.${String(step)}` : String(step)
  }, '')

/** Names the fields of the object shape at a path, as far as it can be followed. */
const namesOf = (shape: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  let here: unknown = shape
  for (const step of path) here = inside(here, step)
  const fields = fieldsOf(unwrap(here))
  return fields ? Object.keys(fields) : []
}

const fieldsOf = (shape: unknown): Record<string, unknown> | null => {
  if (typeof shape !== 'object' || shape === null || !('shape' in shape)) return null
  const { shape: fields } = shape
  return typeof fields === 'object' && fields !== null ? { ...fields } : null
}

const inside = (shape: unknown, step: PropertyKey): unknown => {
  const bare = unwrap(shape)
  if (typeof step === 'number') {
    return typeof bare === 'object' && bare !== null && 'element' in bare ? bare.element : undefined
  }
  return fieldsOf(bare)?.[String(step)]
}

/** Looks through optional, default and piped shapes to the one that has fields. */
const unwrap = (shape: unknown): unknown => {
  let here = shape
  while (typeof here === 'object' && here !== null && !('shape' in here) && !('element' in here)) {
    const inner: unknown = 'def' in here ? here.def : undefined
    if (typeof inner !== 'object' || inner === null) return here
    if ('innerType' in inner) here = inner.innerType
    else if ('in' in inner) here = inner.in
    else return here
  }
  return here
}
