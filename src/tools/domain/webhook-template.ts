// What a body says is the word of strangers: it is put into a task as text, never as markup, and
// never without a bound.

/** A path into a body, `issue.labels.0.name`; into the kept headers: `$headers.x-github-event`. */
export const JSON_PATH = /^[A-Za-z0-9_$@-]+(\.[A-Za-z0-9_$@-]+){0,15}$/
/** Characters of a path at most. */
export const JSON_PATH_MAX = 200

const PLACEHOLDER = /\{\{\s*([^{}\s]{1,200})\s*\}\}/g
const ALONE = /^[ \t]*\{\{\s*([^{}\s]{1,200})\s*\}\}[ \t]*$/
const INLINE_MAX = 300
const BLOCK_MAX = 4_000
const TITLE_VALUE_MAX = 150
/** What Markdown, HTML and mentions begin with. */
const MARKUP = /[\\`*_[\]<>#@|~!&]/g
// Control characters, and those that turn or hide the text around them.
const CONTROL = new RegExp(
  [
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f]`,
    String.raw`[\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]`,
  ].join('|'),
  'g',
)

/** What a rule looks at: a body that was read, and the headers that were kept. */
export type Received = Readonly<{ body: unknown; headers: Readonly<Record<string, string>> }>

/** Finds the value at a path; `undefined` where there is none. */
export const valueAt = ({ body, headers }: Received, path: string): unknown => {
  const [first = '', ...rest] = path.split('.')
  if (first === '$headers') return stepsInto(headers, [rest.join('.')])
  return stepsInto(body, [first, ...rest])
}

const stepsInto = (root: unknown, steps: readonly string[]): unknown => {
  let here = root
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = Object.getOwnPropertyDescriptor(here, step)?.value
  }
  return here
}

/** Tells the placeholders of a template that are no paths. */
export const badPaths = (template: string): readonly string[] => {
  const paths = [...template.matchAll(PLACEHOLDER)].map(([, path = '']) => path)
  return paths.filter((path) => !JSON_PATH.test(path))
}

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const clean = (text: string): string =>
  text.toWellFormed().replaceAll('\r\n', '\n').replaceAll(CONTROL, '')
const oneLine = (text: string): string => clean(text).replaceAll(/\s+/g, ' ').trim()
const escaped = (text: string): string => text.replaceAll(MARKUP, '\\$&')
const cut = (text: string, max: number): string => {
  const chars = [...text]
  return chars.length <= max ? text : `${chars.slice(0, max - 1).join('')}…`
}

/** Fills the title of a task: one line, without control characters. */
export const fillTitle = (template: string, received: Received, max: number): string => {
  const filled = template.replaceAll(PLACEHOLDER, (_, path: string) =>
    cut(oneLine(textOf(valueAt(received, path))), TITLE_VALUE_MAX),
  )
  return cut(oneLine(filled), max)
}

/**
 * Fills the text of a task. A value that stands alone in its line becomes a quotation and keeps its
 * lines; within a line it is one line. Its characters mean themselves.
 */
export const fillBody = (template: string, received: Received, max: number): string => {
  const lines = template.split('\n').map((line) => {
    const alone = ALONE.exec(line)?.[1]
    if (alone !== undefined) return quoted(textOf(valueAt(received, alone)))
    return line.replaceAll(PLACEHOLDER, (_, path: string) =>
      escaped(cut(oneLine(textOf(valueAt(received, path))), INLINE_MAX)),
    )
  })
  return cut(lines.join('\n'), max)
}

const quoted = (text: string): string =>
  cut(clean(text).trim(), BLOCK_MAX)
    .split('\n')
    .map((line) => `> ${escaped(line.trimEnd())}`)
    .join('\n')

/** A value that a condition compares with. */
export type Scalar = string | number | boolean | null

/** What has to hold for a rule to apply: the value at a path is one of these. */
export type Condition = Readonly<{ path: string; in: readonly Scalar[] }>

/** Tells whether every condition holds. */
export const fits = (when: readonly Condition[], received: Received): boolean =>
  when.every(({ path, in: allowed }) => {
    const value = valueAt(received, path)
    return allowed.some((one) => one === value)
  })
