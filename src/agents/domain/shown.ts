// What a person reads before they decide must be what is there. Characters that show as nothing,
// or that turn the order of others around, are written out, so that no text hides another.

/** Everything that draws nothing by itself: controls, format marks, odd spaces, private use. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]/gu
const VARIANTS = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu

const written = (char: string): string =>
  [...Array(char.length).keys()]
    .map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/** Writes out what cannot be seen; line ends and tabs stay. */
export const seen = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNSEEN, (char) => (char === '\n' || char === '\t' ? char : written(char)))
    .replace(VARIANTS, written)

/** Lays JSON out for reading, with whatever cannot be seen written out; it stays the same JSON. */
export const seenJson = (canonical: string): string => {
  const value: unknown = JSON.parse(canonical)
  return seen(JSON.stringify(value, null, 2))
}
