/** Characters below which a secret is not looked for: it would be found in ordinary text. */
export const SECRET_CHARS_MIN = 8
/** Lines of a secret of several lines are looked for one by one from this length on. */
const LINE_CHARS_MIN = 16

/**
 * Lists the ways in which a secret gets written: as it is, as base64 at any of its three places in
 * what is encoded, base64url, percent-encoded, escaped as JSON once and twice, and in hex.
 */
export const spellingsOf = (secret: Uint8Array): readonly string[] => {
  const bytes = Buffer.from(secret)
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text).equals(bytes)
  const hex = bytes.toString('hex')
  const found = new Set([
    ...(isText ? writtenText(text) : []),
    // Streams are looked through byte by byte, each a character.
    bytes.toString('latin1'),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((place) => encodedAt(bytes, place)),
  ])
  return [...found].filter((spelling) => spelling.length >= SECRET_CHARS_MIN)
}

const writtenText = (text: string): readonly string[] => {
  const json = escaped(text)
  const lines = text.includes('\n') ? text.split(/\r?\n/).filter(isTelling) : []
  return [text, ...percent(text), json, slashed(json), ascii(json), escaped(json), ...lines]
}

const isTelling = (line: string): boolean =>
  line.length >= LINE_CHARS_MIN && !line.startsWith('-----')

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)
const slashed = (json: string): string => json.replaceAll('/', '\\/')

/** Escapes everything above ASCII, as some writers of JSON do. */
const ascii = (json: string): string =>
  json.replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const percent = (text: string): readonly string[] => {
  const usual = encodeURIComponent(text.toWellFormed())
  // Other writers also encode what this one leaves, and a form writes a space as a plus.
  const strict = usual.replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const form = strict.replaceAll('%20', '+')
  return [usual, strict, form].flatMap((one) => [
    one,
    one.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ])
}

/** Gives what base64 always shows of bytes that stand at a place, whatever stands around them. */
const encodedAt = (bytes: Buffer, place: number): readonly string[] => {
  const whole = Buffer.concat([Buffer.alloc(place), bytes])
  const first = [0, 2, 3][place] ?? 0
  const sure = Math.floor((whole.length * 8) / 6)
  const base64 = whole.toString('base64').slice(first, sure)
  return [base64, base64.replaceAll('+', '-').replaceAll('/', '_')]
}
