import type { Piece, Source } from './scan.ts'
import { closing, skipBlank } from './scan.ts'

/** Describes an operation as its file declares it: its texts by field, and its stretch of code. */
export type SpokenOperation = Readonly<{
  fields: ReadonlyMap<string, Piece>
  start: number
  end: number
}>

/** Describes an event as its contract declares it: what it is called, and in code. */
export type SpokenEvent = Readonly<{ piece: Piece; constant: string }>

const FIELDS = ['name', 'access', 'effect', 'http', 'mcp']
const OPERATION = /(?<![.\w$])operation\s*(?:<[^(]*>)?\s*\(\s*\)\s*\(\s*\{/g
const EVENT = /(?:\b(?:const|let)\s+([\w$]+)[^=;]*=\s*|(?<![.\w$]))event\s*(?:<[^(]*>)?\s*\(/g
const REFUSE = /(?<![.\w$])refuse\s*\(/g

/** Finds the operations that a file declares. */
export const operationsOf = ({ code, strings }: Source): SpokenOperation[] =>
  [...code.matchAll(OPERATION)].map((match) => {
    const open = match.index + match[0].length - 1
    const end = closing(code, open)
    const body = code.slice(open, end)
    const fields = new Map<string, Piece>()
    for (const field of FIELDS) {
      const key = new RegExp(`^[ \\t]*${field}:\\s*(?=['"])`, 'm').exec(body)
      const piece = key ? strings.get(open + key.index + key[0].length) : undefined
      if (piece !== undefined) fields.set(field, piece)
    }
    return { fields, start: match.index, end }
  })

/** Finds the events that a file declares. */
export const eventsOf = (source: Source): SpokenEvent[] =>
  [...source.code.matchAll(EVENT)].flatMap((match) => {
    const piece = argumentOf(source, match.index + match[0].length - 1, 0)
    return piece === undefined ? [] : [{ piece, constant: match[1] ?? '' }]
  })

/** Finds the codes of the refusals that a file makes. */
export const refusalsOf = (source: Source): Piece[] =>
  [...source.code.matchAll(REFUSE)].flatMap((match) => {
    const piece = argumentOf(source, match.index + match[0].length - 1, 1)
    return piece === undefined ? [] : [piece]
  })

// The literal argument at `index` of the call that opens at `open`; templates are no literals.
function argumentOf({ code, strings }: Source, open: number, index: number): Piece | undefined {
  const end = closing(code, open)
  let at = open + 1
  for (let skipped = 0; skipped < index; skipped++) at = nextComma(code, at, end) + 1
  const piece = strings.get(skipBlank(code, at))
  return piece !== undefined && code[piece.start] !== '`' ? piece : undefined
}

function nextComma(code: string, from: number, end: number): number {
  let at = from
  while (at < end && code[at] !== ',') {
    at = '([{'.includes(code[at] ?? '') ? closing(code, at) + 1 : at + 1
  }
  return at
}
