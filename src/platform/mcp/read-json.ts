import { LineFailure } from './line.ts'

// Depth is looked at before parsing: the parser takes any depth, but whoever writes the value
// again, compares it or walks it runs out of stack.

const DEPTH_MAX = 64
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Parses what a server sent, or throws `malformed`. */
export const readJson = (text: string): unknown => {
  if (isTooDeep(text)) throw malformed(`The server sent JSON deeper than ${DEPTH_MAX} levels.`)
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('The server sent something that is not JSON.')
  }
}

/** Makes the failure for an answer that is not of the protocol. */
export const malformed = (message: string): LineFailure => new LineFailure('malformed', message)

const isTooDeep = (text: string): boolean => {
  // Shorter texts cannot hold that many brackets.
  if (text.length <= DEPTH_MAX) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfText(text, at + 1)
    // A bracket and its brace differ in one bit: 0x5b and 0x7b open, 0x5d and 0x7d close.
    else if ((code | 0x20) === 0x7b && ++depth > DEPTH_MAX) return true
    else if ((code | 0x20) === 0x7d) depth -= 1
  }
  return false
}

// Where a text ends is found by jumping from quote to quote, which is the fast way over long ones.
const endOfText = (text: string, from: number): number => {
  let end = text.indexOf('"', from)
  while (end > 0 && isEscaped(text, from, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

const isEscaped = (text: string, from: number, at: number): boolean => {
  let start = at
  while (start > from && text.charCodeAt(start - 1) === BACKSLASH) start -= 1
  return (at - start) % 2 === 1
}
