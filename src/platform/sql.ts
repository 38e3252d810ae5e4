import { assert } from '../kernel/assert.ts'

/** A statement ready for the driver: text with numbered holes, and what goes into them. */
export type Query = Readonly<{ text: string; values: readonly unknown[] }>

/** A piece of a statement, to be put into a hole of another. */
export type Part = Readonly<{ kind: 'part'; strings: readonly string[]; holes: readonly unknown[] }>

type Json = Readonly<{ kind: 'json'; text: string }>

/** Runs statements written as template literals; every hole becomes a value, never text. */
export type Sql = {
  <Row>(strings: TemplateStringsArray, ...holes: readonly unknown[]): Promise<readonly Row[]>
  /** Gives the only row; more or none is our bug. */
  one<Row>(strings: TemplateStringsArray, ...holes: readonly unknown[]): Promise<Row>
  /** Gives the row, if there is one. */
  maybe<Row>(strings: TemplateStringsArray, ...holes: readonly unknown[]): Promise<Row | undefined>
}

/** Writes a piece of a statement; holes are numbered when it is used. */
export const part = (strings: TemplateStringsArray, ...holes: readonly unknown[]): Part => ({
  kind: 'part',
  strings,
  holes,
})

/** Marks a value for a jsonb hole: the driver would turn arrays into PostgreSQL arrays. */
export const json = (value: unknown): Json => ({ kind: 'json', text: JSON.stringify(value) })

/** Puts a moment, in milliseconds since 1970, into a timestamptz hole. */
export const at = (ms: number): string => new Date(ms).toISOString()

/** Puts a moment or nothing into a timestamptz hole. */
export const atOrNull = (ms: number | null): string | null => (ms === null ? null : at(ms))

const isPart = (hole: unknown): hole is Part =>
  typeof hole === 'object' && hole !== null && 'kind' in hole && hole.kind === 'part'

const isJson = (hole: unknown): hole is Json =>
  typeof hole === 'object' && hole !== null && 'kind' in hole && hole.kind === 'json'

/** Turns a template and its holes into a statement; `undefined` in a hole is our bug. */
export const compose = (strings: readonly string[], holes: readonly unknown[]): Query => {
  const values: unknown[] = []
  const write = (texts: readonly string[], given: readonly unknown[]): string =>
    texts.reduce((text, next, index) => {
      const hole = given[index - 1]
      assert(hole !== undefined, `a hole of this statement is undefined: ${texts.join('?')}`)
      if (isPart(hole)) return text + write(hole.strings, hole.holes) + next
      values.push(isJson(hole) ? hole.text : hole)
      return `${text}$${values.length}${next}`
    })
  return { text: write(strings, holes), values }
}

/** Writes a statement without running it: for statements that travel with a commit. */
export const query = (strings: TemplateStringsArray, ...holes: readonly unknown[]): Query =>
  compose(strings, holes)

/** Makes the template function over a way to run one statement. */
export const sqlOver = (run: (query: Query) => Promise<readonly unknown[]>): Sql => {
  // The marked place of `platform`: rows get the type their statement declares.
  const rows = async <Row>(strings: TemplateStringsArray, ...holes: readonly unknown[]) =>
    (await run(compose(strings, holes))) as readonly Row[]
  return Object.assign(rows, {
    async one<Row>(strings: TemplateStringsArray, ...holes: readonly unknown[]): Promise<Row> {
      const [row, ...more] = await rows<Row>(strings, ...holes)
      assert(row !== undefined && more.length === 0, 'the statement gives exactly one row')
      return row
    },
    async maybe<Row>(strings: TemplateStringsArray, ...holes: readonly unknown[]) {
      const [row, ...more] = await rows<Row>(strings, ...holes)
      assert(more.length === 0, 'the statement gives at most one row')
      return row
    },
  })
}
