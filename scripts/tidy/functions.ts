import type { Source } from './scan.ts'
import { closing, lineAt, skipBlank } from './scan.ts'

/** Names the body of one function: the lines it covers, and those of its named inner functions. */
export type Body = Readonly<{ line: number; lines: number; name: string }>

type Open = { start: number; end: number; name: string; named: boolean; inner: number }

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with'])

/**
 * Finds functions with a body in braces and counts their lines.
 * Lines of named functions inside (methods of a store, say) count for those alone, because each of
 * them is read by itself; callbacks count for the function they stand in.
 */
export const bodiesOf = (source: Source): Body[] => {
  const { code } = source
  const open: Open[] = []
  for (let at = code.indexOf('{'); at >= 0; at = code.indexOf('{', at + 1)) {
    const head = headOf(code, at)
    if (head !== null) open.push({ start: at, end: closing(code, at), ...head, inner: 0 })
  }
  const lines = ({ start, end }: Open): number => lineAt(source, end) - lineAt(source, start) + 1
  for (const [index, body] of open.entries()) {
    if (!body.named) continue
    const around = open.slice(0, index).findLast((other) => other.named && other.end > body.start)
    if (around !== undefined) around.inner += lines(body)
  }
  return open.map((body) => ({
    line: lineAt(source, body.start),
    lines: lines(body) - body.inner,
    name: body.name,
  }))
}

// Says whether the brace at `at` opens a function, and which.
function headOf(code: string, at: number): { name: string; named: boolean } | null {
  const before = backBlank(code, at - 1)
  if (code.slice(before - 1, before + 1) === '=>') return arrowOf(code, before - 2)
  const close = code[before] === ')' ? before : parametersBefore(code, at)
  if (close < 0) return null
  const start = opening(code, close)
  const end = backBlank(code, backGenerics(code, backBlank(code, start - 1)))
  const name = wordBefore(code, end)
  if (name === '' || CONTROL.has(name)) return null
  return { name: name === 'function' ? 'function' : name, named: name !== 'function' }
}

// An arrow is named by the `=` or `:` before its parameters.
function arrowOf(code: string, from: number): { name: string; named: boolean } {
  let at = backBlank(code, from)
  if (code[at] !== ')') {
    const typed = parametersBefore(code, from + 1)
    at = typed >= 0 ? typed : at
  }
  if (code[at] === ')') at = backGenerics(code, backBlank(code, opening(code, at) - 1))
  else at -= wordBefore(code, at).length
  at = backBlank(code, at)
  if (wordBefore(code, at) === 'async') at = backBlank(code, at - 5)
  if (code[at] === ',' || code[at] === '(') return { name: 'a callback', named: false }
  if (code[at] !== '=' && code[at] !== ':') return { name: 'an arrow function', named: false }
  const line = code.slice(code.lastIndexOf('\n', at) + 1, at)
  return { name: /([\w$]+)\W*(:[^=]*)?$/.exec(line)?.[1] ?? 'an arrow function', named: true }
}

// For `(a: A): Type {` finds the `)`: the type between must be one, read forwards from the colon.
function parametersBefore(code: string, end: number): number {
  const from = Math.max(0, end - 400)
  for (let at = end - 1; at >= from; at--) {
    if (code[at] !== ')') continue
    const colon = skipBlank(code, at + 1)
    // Without a type before it, the brace opens one: `f(x): {`.
    const hasType = code[colon] === ':' && skipBlank(code, colon + 1) < end
    if (hasType && skipType(code, colon + 1, end) === end) return at
  }
  return -1
}

function skipType(code: string, from: number, end: number): number {
  let operand = true
  let at = skipBlank(code, from)
  while (at < end) {
    const char = code[at] ?? ''
    const group = '([{<'.includes(char)
    if (char === '{' && !operand) return at
    if (group) at = char === '<' ? closingAngle(code, at) : closing(code, at) + 1
    else if (/[\w$.'"]/.test(char)) at++
    else if ('|&'.includes(char) || code.startsWith('=>', at)) at += char === '=' ? 2 : 1
    else return -1
    operand = '|&='.includes(char)
    const next = skipBlank(code, at)
    operand ||= next > at && /\b(is|asserts|keyof|typeof|extends)$/.test(code.slice(from, at))
    at = next
  }
  return at
}

function closingAngle(code: string, open: number): number {
  let depth = 0
  for (let at = open; at < code.length; at++) {
    if (code[at] === '<') depth++
    if (code[at] === '>' && code[at - 1] !== '=' && --depth === 0) return at + 1
  }
  return code.length
}

function opening(code: string, close: number): number {
  let depth = 0
  for (let at = close; at >= 0; at--) {
    const char = code[at] ?? ''
    if (')]}'.includes(char)) depth++
    if ('([{'.includes(char) && --depth === 0) return at
  }
  return 0
}

function backGenerics(code: string, at: number): number {
  if (code[at] !== '>' || code[at - 1] === '=') return at
  let depth = 0
  for (let back = at; back >= 0; back--) {
    if (code[back] === '>' && code[back - 1] !== '=') depth++
    if (code[back] === '<' && --depth === 0) return back - 1
  }
  return at
}

const backBlank = (code: string, from: number): number => {
  let at = from
  while (at >= 0 && code.charCodeAt(at) <= 32) at--
  return at
}

const wordBefore = (code: string, end: number): string =>
  /[\w$]+$/.exec(code.slice(Math.max(0, end - 60), end + 1))?.[0] ?? ''
