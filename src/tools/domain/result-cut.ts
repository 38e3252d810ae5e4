import { refuse } from '../../kernel/refusal.ts'

// A result that is too long for one answer is stored whole and read in parts. Where parts begin
// follows from the text alone: any part can be cut out of what was stored, by whichever hub.

/** Bytes of text that one answer carries at most. */
export const RESULT_TEXT_BYTES_MAX = 32_768
/** Bytes of each answer that are left for the note about what follows. */
const NOTE_BYTES = 256
const PART_BYTES = RESULT_TEXT_BYTES_MAX - NOTE_BYTES

/** What is answered of a result, and how much there is of it. */
export type CutResult = Readonly<{ text: string; bytes: number; parts: number }>

/** Counts the bytes of a text as it is sent, in UTF-8. */
export const textBytes = (text: string): number => new TextEncoder().encode(text).length

/** Gives a result as it is, or its start and how to read on by the key of its call. */
export const cutResult = (text: string, call: string): CutResult => {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > RESULT_TEXT_BYTES_MAX) return partOf(bytes, call, 1)
  // Half a character is replaced, as it is in the bytes of a longer text.
  return { text: text.toWellFormed(), bytes: bytes.length, parts: 1 }
}

/** Gives one part of a stored result, counted from 1; refuses one that is not there. */
export const resultPart = (text: string, call: string, part: number): CutResult => {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= RESULT_TEXT_BYTES_MAX && part === 1) return cutResult(text, call)
  return partOf(bytes, call, part)
}

const partOf = (bytes: Uint8Array, call: string, part: number): CutResult => {
  const isWhole = bytes.length <= RESULT_TEXT_BYTES_MAX
  const parts = isWhole ? 1 : Math.ceil(bytes.length / PART_BYTES)
  if (!Number.isInteger(part) || part < 1 || part > parts) throw noSuchPart(call, parts)
  const own = bytes.subarray(startOf(bytes, part - 1), startOf(bytes, part))
  // A mark at the beginning is a character of the text; decoders would drop it from every part.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(own)
  return { text: `${text}\n${noteOf(call, part, parts)}`, bytes: bytes.length, parts }
}

/** Finds where a part begins, at the first byte of a character: never inside of one. */
const startOf = (bytes: Uint8Array, part: number): number => {
  let at = Math.min(part * PART_BYTES, bytes.length)
  while (at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1
  return at
}

const noteOf = (call: string, part: number, parts: number): string => {
  if (part === parts) return `[${call}: part ${part} of ${parts}, the end.]`
  const next = `guildhall__result {"call":"${call}","part":${part + 1}}`
  const narrow = part === 1 ? ' Shorter: name the fields you need.' : ''
  return `[${call}: part ${part} of ${parts}. Read on: ${next}.${narrow}]`
}

const noSuchPart = (call: string, parts: number) => {
  const message =
    parts === 1
      ? `${call} has one part; ask for part 1.`
      : `${call} has ${parts} parts; ask for one of 1 to ${parts}.`
  return refuse('invalid', 'tools.no_such_part', message, { parts })
}
