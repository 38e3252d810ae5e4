// Characters that a model reads and a person does not see: the way to hide orders in a description.

/** What a hidden character does: carries text, turns the direction, has no width, and so on. */
export const HIDDEN_KINDS = [
  'tag', 'direction', 'zero_width', 'variation', 'control', 'invisible', 'broken',
] as const // biome-ignore format: one line
/** A kind of hidden characters. */
export type HiddenKind = (typeof HIDDEN_KINDS)[number]

/** Counts the hidden characters of one kind. */
export type Hidden = Readonly<{ kind: HiddenKind; count: number }>

type Range = readonly [first: number, last: number, kind: HiddenKind]

// In order of code points. Tab, line feed and carriage return are not in it.
const RANGES: readonly Range[] = [
  [0x00, 0x08, 'control'],
  [0x0b, 0x0c, 'control'],
  [0x0e, 0x1f, 'control'],
  [0x7f, 0x9f, 'control'],
  [0xad, 0xad, 'invisible'],
  [0x34f, 0x34f, 'invisible'],
  [0x61c, 0x61c, 'direction'],
  [0x115f, 0x1160, 'invisible'],
  [0x17b4, 0x17b5, 'invisible'],
  [0x180b, 0x180d, 'variation'],
  [0x180e, 0x180e, 'zero_width'],
  [0x180f, 0x180f, 'variation'],
  [0x200b, 0x200d, 'zero_width'],
  [0x200e, 0x200f, 'direction'],
  [0x202a, 0x202e, 'direction'],
  [0x2060, 0x2064, 'zero_width'],
  [0x2065, 0x2065, 'invisible'],
  [0x2066, 0x2069, 'direction'],
  [0x206a, 0x206f, 'invisible'],
  [0x2800, 0x2800, 'invisible'],
  [0x3164, 0x3164, 'invisible'],
  [0xd800, 0xdfff, 'broken'],
  [0xfe00, 0xfe0f, 'variation'],
  [0xfeff, 0xfeff, 'zero_width'],
  [0xffa0, 0xffa0, 'invisible'],
  [0xfff0, 0xfffb, 'invisible'],
  [0x1bca0, 0x1bca3, 'invisible'],
  [0x1d173, 0x1d17a, 'invisible'],
  [0xe0000, 0xe007f, 'tag'],
  [0xe0080, 0xe00ff, 'invisible'],
  [0xe0100, 0xe01ef, 'variation'],
  [0xe01f0, 0xe0fff, 'invisible'],
]

const PLAIN = /^[\t\n\r -~]*$/
const PICTURE = /^\p{Extended_Pictographic}$/u
const PICTURE_PART = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{FE0F}]$/u
const MAY_TURN_PICTURE = /^[\p{Extended_Pictographic}0-9#*]$/u
const ZERO_WIDTH_JOINER = 0x200d
const TEXT_STYLE = 0xfe0e
const PICTURE_STYLE = 0xfe0f

/** Tells the kind of a hidden character; nothing for those that one can see. */
export const kindOf = (codePoint: number): HiddenKind | undefined => {
  for (const [first, last, kind] of RANGES) {
    if (codePoint < first) return undefined
    if (codePoint <= last) return kind
  }
  return undefined
}

/** Takes hidden characters out of a text and counts them; pictures stay whole. */
export const stripHidden = (
  text: string,
): Readonly<{ text: string; hidden: readonly Hidden[] }> => {
  if (PLAIN.test(text)) return { text, hidden: [] }
  const counts = new Map<HiddenKind, number>()
  const clean = mapHidden(text, (_, kind) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return ''
  })
  const hidden = HIDDEN_KINDS.flatMap((kind) => {
    const count = counts.get(kind)
    return count === undefined ? [] : [{ kind, count }]
  })
  return { text: clean, hidden }
}

/** Tells whether a text has hidden characters. */
export const hasHidden = (text: string): boolean => stripHidden(text).hidden.length > 0

/** Spells hidden characters out, so that a person sees them: `\u{200B}`. */
export const visible = (text: string): string =>
  PLAIN.test(text) ? text : mapHidden(text, (codePoint) => spelled(codePoint))

/** Spells out everything that is not plain ASCII: tells look-alike letters apart. */
export const visibleAscii = (text: string): string =>
  [...text].map((one) => (PLAIN.test(one) ? one : spelled(one.codePointAt(0) ?? 0))).join('')

const spelled = (codePoint: number): string =>
  `\\u{${codePoint.toString(16).toUpperCase().padStart(4, '0')}}`

const mapHidden = (
  text: string,
  change: (codePoint: number, kind: HiddenKind) => string,
): string => {
  const characters = [...text]
  let out = ''
  for (const [at, character] of characters.entries()) {
    const codePoint = character.codePointAt(0) ?? 0
    const kind = kindOf(codePoint)
    const isKept =
      kind === undefined || isOfPicture(codePoint, characters[at - 1], characters[at + 1])
    out += isKept ? character : change(codePoint, kind)
  }
  return out
}

// One style sign behind a picture, and one joiner between two, change how it is drawn. Any more of
// them draw nothing and can carry a message.
const isOfPicture = (codePoint: number, before = '', after = ''): boolean => {
  if (codePoint === PICTURE_STYLE || codePoint === TEXT_STYLE) return MAY_TURN_PICTURE.test(before)
  return codePoint === ZERO_WIDTH_JOINER && PICTURE_PART.test(before) && PICTURE.test(after)
}
