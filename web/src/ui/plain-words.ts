const LINK = /!?\[([^\]\n]*)\]\([^)\n]*\)/g
const MARKS = /(\*\*|__|~~|`+)(\S(?:.*?\S)?)\1/g
const LINE_START = /^\s{0,3}(?:#{1,6}|>|[-*+]|\d{1,9}[.)])\s+/gm

/** More characters than two lines hold. */
const CHARS_MAX = 400

/** Gives the first words of a Markdown text, where there is room for a line or two and no more. */
export const plainWords = (text: string): string =>
  text.slice(0, CHARS_MAX).replace(LINE_START, '').replace(LINK, '$1').replace(MARKS, '$2')
