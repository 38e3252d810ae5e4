// Servers write what they like. What a person would not see, but a model reads, is spelled out.

/** A piece of a text: as it is, or hidden characters spelled out. */
export type Piece = Readonly<{ text: string; isHidden: boolean }>

/** Runs of hidden characters that are marked one by one; behind them they are only spelled. */
export const MARKS_MAX = 200
const SPELLED_MAX = 24

// Controls, marks of direction, what has no width or draws nothing, tags, halves of pairs.
const HIDDEN = new RegExp(
  '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
    '\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\ufff0-\\ufff8\\u{e0000}-\\u{e0fff}]+',
  'gu',
)
const PLAIN = /^[\t\n\r -~]*$/
const SEEN = /[\t\n\r]/
const PICTURE = /\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]?$/u

/** Cuts a text into what one sees and what is hidden in it. */
export const piecesOf = (text: string): readonly Piece[] => {
  if (PLAIN.test(text)) return [{ text, isHidden: false }]
  const pieces: Piece[] = []
  let plain = ''
  let from = 0
  const flush = (): void => {
    if (plain !== '') pieces.push({ text: plain, isHidden: false })
    plain = ''
  }
  for (const { 0: run, index } of text.matchAll(HIDDEN)) {
    plain += text.slice(from, index)
    from = index + run.length
    const before = text.slice(Math.max(0, index - 4), index)
    const shown = spellRun(run, { before, after: text.slice(from, from + 2) })
    if (shown.every(({ isHidden }) => !isHidden) || pieces.length >= 2 * MARKS_MAX) {
      plain += shown.map((piece) => piece.text).join('')
      continue
    }
    for (const piece of shown) {
      if (piece.isHidden) {
        flush()
        pieces.push(piece)
      } else plain += piece.text
    }
  }
  plain += text.slice(from)
  flush()
  return pieces
}

/** Spells hidden characters out in a text of one piece: for titles and labels. */
export const spelledOut = (text: string): string =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join('')

type Around = Readonly<{ before: string; after: string }>

// Line ends and tabs among hidden characters stay what they are; so do the joiners of pictures.
const spellRun = (run: string, { before, after }: Around): readonly Piece[] => {
  if (isOfPicture(run, { before, after })) return [{ text: run, isHidden: false }]
  const pieces: Piece[] = []
  let hidden: string[] = []
  const flush = (): void => {
    if (hidden.length === 0) return
    const more = hidden.length - SPELLED_MAX
    const rest = more > 0 ? ` and ${more} more` : ''
    const text = `${hidden.slice(0, SPELLED_MAX).join(' ')}${rest}`
    pieces.push({ text: `[${text}]`, isHidden: true })
    hidden = []
  }
  for (const one of run) {
    if (SEEN.test(one)) {
      flush()
      pieces.push({ text: one, isHidden: false })
    } else hidden.push(codeOf(one))
  }
  flush()
  return pieces
}

const codeOf = (one: string): string =>
  `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const isOfPicture = (run: string, { before, after }: Around): boolean => {
  if (run === '\ufe0f' || run === '\ufe0e') return PICTURE.test(before) || /[0-9#*]$/.test(before)
  const isJoiner = run === '\u200d' || run === '\ufe0f\u200d'
  return isJoiner && PICTURE.test(before) && /^\p{Extended_Pictographic}/u.test(after)
}
