import type { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { span } from '../../kernel/text.ts'
import type { CliEnv, Printer, Session, Switches } from './session.ts'

type Row = Readonly<Record<string, unknown>>

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// Titles and comments are written by strangers: nothing in them may steer the terminal.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Removes what could steer a terminal; line breaks and tabs stay. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(CONTROL, '')

/** Makes the printer of one command. */
export const printer = (
  streams: Readonly<{ stdout: Writable; stderr: Writable }>,
  env: CliEnv,
  switches: Pick<Switches, 'quiet' | 'verbose'>,
): Printer => {
  const { stdout, stderr } = streams
  const say = (text: string) => void stderr.write(`${plain(text)}\n`)
  return {
    data: (text) => void stdout.write(text),
    line: (text) => void stdout.write(`${plain(text)}\n`),
    note: (text) => (switches.quiet ? undefined : say(text)),
    detail: (text) => (switches.verbose ? say(text) : undefined),
    status: (text) => {
      if (!env.tty.stderr || switches.quiet) return
      stderr.write(`\r\u001b[2K${plain(text)}`)
    },
  }
}

/** Finds the rows of a list answer: `items`, or the answer itself when it is a list. */
export const rowsOf = (output: unknown): readonly Row[] | null => {
  const items: unknown = isRow(output) ? output['items'] : output
  return Array.isArray(items) && items.every(isRow) ? items : null
}

/** Says how to read on, where a list has more. */
export const moreOf = (output: unknown): string | null => {
  if (!isRow(output) || typeof output['next'] !== 'string') return null
  const shown = rowsOf(output)?.length ?? 0
  const total = typeof output['total'] === 'number' ? ` of ${output['total']}` : ''
  return `${shown}${total}, more: --cursor ${output['next']}`
}

/** Cuts an answer to the named fields: of its rows, or of itself. */
export const picked = (output: unknown, fields: readonly string[]): unknown => {
  const cut = (row: Row): Row =>
    Object.fromEntries(fields.map((name): [string, unknown] => [name, row[name] ?? null]))
  const rows = rowsOf(output)
  if (rows && Array.isArray(output)) return rows.map(cut)
  if (rows && isRow(output)) return { ...output, items: rows.map(cut) }
  return isRow(output) ? cut(output) : output
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-/

// Ids are for programs, and nested values do not fit a cell: both are left to --json and --fields.
const columnsOf = (rows: readonly Row[]): readonly string[] => {
  const names = new Set(rows.flatMap((row) => Object.keys(row)))
  return [...names].filter((name) =>
    rows.some((row) => {
      const value = row[name]
      if (typeof value === 'string') return value !== '' && !UUID.test(value)
      return typeof value === 'number' || typeof value === 'boolean'
    }),
  )
}

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return plain(text).replace(/[\t\n]+/g, ' ')
}

/** Lays rows out: aligned columns for a terminal, tab-separated values with a head for a pipe. */
export const listText = (
  rows: readonly Row[],
  shape: Readonly<{ fields: readonly string[] | null; width: number | null }>,
): string => {
  const columns = shape.fields ?? columnsOf(rows)
  const lines = [columns, ...rows.map((row) => columns.map((name) => cell(row[name])))]
  if (shape.width === null) return lines.map((line) => `${line.join('\t')}\n`).join('')
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)))
  const width = Math.max(20, shape.width)
  return lines
    .map((line) => line.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .map((line) => `${line.length > width ? `${line.slice(0, width - 1)}…` : line}\n`)
    .join('')
}

/** Writes one thing as `key: value` lines. */
export const thingText = (output: unknown): string => {
  if (!isRow(output)) return `${cell(output)}\n`
  return Object.entries(output)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${cell(value)}\n`)
    .join('')
}

/** A line on the terminal that says how far something is; silent everywhere else. */
export type Progress = Readonly<{ at(done: number): void; end(): void }>

const BAR_CELLS = 24
const TICK_MS = 250

/** Starts a progress line with count and remaining time; `end` removes it. */
export const startProgress = (
  session: Pick<Session, 'print' | 'env' | 'switches'>,
  what: string,
  total: number,
): Progress => {
  const { print, env, switches } = session
  if (!env.tty.stderr || switches.quiet || switches.json) {
    return { at: () => undefined, end: () => undefined }
  }
  const started = performance.now()
  let done = 0
  const draw = () =>
    print.status(progressLine({ what, done, total, ms: performance.now() - started }))
  const timer = setInterval(draw, TICK_MS)
  draw()
  return {
    at: (count) => {
      done = count
    },
    end: () => {
      clearInterval(timer)
      print.status('')
    },
  }
}

type Facts = Readonly<{ what: string; done: number; total: number; ms: number }>

/** Writes one progress line: a bar, the share, and the time still to go. */
export const progressLine = ({ what, done, total, ms }: Facts): string => {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const cells = Math.round(share * BAR_CELLS)
  const bar = `${'█'.repeat(cells)}${'░'.repeat(BAR_CELLS - cells)}`
  const percent = `${Math.floor(share * 100)}%`
  // All sent: what is left is the hub's work, whose length nobody knows.
  if (share === 1) return `${what} ${bar} ${percent}, finishing (${span(ms)})`
  const left = share > 0 ? `, ${span((ms / share) * (1 - share))} left` : ''
  return `${what} ${bar} ${percent} (${count(done)} of ${count(total)})${left}`
}

const count = (value: number): string =>
  value < 100_000 ? String(value) : `${(value / 1_000_000).toFixed(1)}M`
