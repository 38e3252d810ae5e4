/**
 * Tells whether a word of a text begins with what was written; both in small letters. What hangs
 * together by a hyphen is one word and several: `e-mail` is found, and so is `mail`.
 */
export const startsAWord = (text: string, written: string): boolean =>
  [/[^\p{L}\p{N}]+/u, /\s+/].some((between) =>
    text.split(between).some((word) => word.startsWith(written)),
  )
