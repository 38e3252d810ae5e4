// A text is cut between signs as people see them: a letter with its accents, a flag, a family of
// four are one each, and half of one is none. Some signs are built to have no end; they are cut
// where they are longer than any sign that means something.

const SIGN_UNITS_MAX = 64

/** Gives the beginning of a text: whole signs only, and not longer than so many code units. */
export const cutText = (text: string, max: number): string => {
  if (text.length <= max) return text
  let end = 0
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, max + SIGN_UNITS_MAX))) {
    if (end + segment.length > max) break
    end += segment.length
  }
  return end > 0 ? text.slice(0, end) : wholePoints(text.slice(0, max))
}

/** Gives the first signs of a text. */
export const firstSigns = (text: string, count: number): string => {
  const signs = [...new Intl.Segmenter().segment(text.slice(0, count * SIGN_UNITS_MAX))]
  return signs
    .slice(0, count)
    .map(({ segment }) => segment)
    .join('')
}

// What is left of a pair that was cut in two cannot be shown, nor put into an address.
const wholePoints = (text: string): string => (text.isWellFormed() ? text : text.slice(0, -1))
