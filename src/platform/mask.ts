// Finds personal data by its look: each kind has a form and, where the kind has one, a check of
// its own, so that numbers which only look alike stay. Every form is bounded and begins where no
// other run of its characters does, so that a long text costs no more than its length.
import { isIP } from 'node:net'
import { scrubTokens } from './scrub/tokens.ts'

/** Stands in the place of a field that is personal as a whole. */
export const MASKED = '[personal]'

type Finder = Readonly<{
  word: string
  form: RegExp
  /** Gives how many characters of a find are really one; 0: none. */
  taken?: (found: string) => number
}>

const DIGITS = /[0-9]/g

const digitsOf = (text: string): readonly number[] => (text.match(DIGITS) ?? []).map(Number)

/** The check of payment cards: every second digit from the end counts twice. */
const isLuhn = (text: string): boolean => {
  const sum = digitsOf(text)
    .toReversed()
    .reduce((all, digit, index) => {
      const twice = index % 2 === 0 ? digit : digit * 2
      return all + (twice > 9 ? twice - 9 : twice)
    }, 0)
  return sum % 10 === 0
}

/** The check of account numbers: the first four characters at the end, letters as 10 to 35. */
const isIban = (text: string): boolean => {
  const plain = text.replaceAll(' ', '').toUpperCase()
  const turned = plain.slice(4) + plain.slice(0, 4)
  let rest = 0
  for (const letter of turned) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

const IBAN_MIN = 15

/** Words may follow a number without more than a space: the longest beginning that fits is one. */
const ibanIn = (found: string): number => {
  for (let end = found.length; end >= IBAN_MIN; end--) {
    const next = found[end]
    const isWhole = next === undefined || next === ' '
    if (isWhole && isIban(found.slice(0, end))) return end
  }
  return 0
}

const PHONE_DIGITS_MIN = 8
const PHONE_DIGITS_MAX = 15

const phoneIn = (found: string): number => {
  const count = digitsOf(found).length
  return count >= PHONE_DIGITS_MIN && count <= PHONE_DIGITS_MAX ? found.length : 0
}

const addressIn = (found: string): number => {
  // The end of a sentence is not part of the address that it ends with.
  const bare = found.replace(/[.:]{1,2}$/, (end) => (end === '::' ? end : ''))
  return isIP(bare) === 0 || !/[0-9a-f]/i.test(bare) ? 0 : bare.length
}

const LOCAL = `[\\p{L}\\p{N}._%+'-]`
const HOST = '[\\p{L}\\p{N}-]'

const FINDERS: readonly Finder[] = [
  {
    word: '[pem]',
    form: /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g,
  },
  {
    word: '[email]',
    form: new RegExp(`(?<!${LOCAL})${LOCAL}{1,64}@(?:${HOST}{1,63}\\.){1,8}${HOST}{2,63}`, 'gu'),
  },
  {
    word: '[iban]',
    form: /(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])/g,
    taken: ibanIn,
  },
  {
    word: '[phone]',
    form: /(?<![\w+])\+[1-9](?:[ .()-]{0,2}[0-9]){6,16}(?![0-9])/g,
    taken: phoneIn,
  },
  {
    word: '[card]',
    form: /(?<![\w-])[2-6](?:[ -]?[0-9]){12,18}(?![\w-])/g,
    taken: (found) => (isLuhn(found) ? found.length : 0),
  },
  {
    word: '[address]',
    form: /(?<![\w.:])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])/g,
    taken: addressIn,
  },
  { word: '[address]', form: /(?<![\w.:])[0-9A-Fa-f:.]{2,45}(?![\w:])/g, taken: addressIn },
]

/**
 * Masks personal data and secrets in free text: e-mail addresses, phone numbers in the form of
 * E.164, account and card numbers whose checks fit, network addresses, PEM blocks, tokens. Names
 * of people are not found, nor anything else that has no form of its own.
 */
export const maskText = (text: string): string =>
  FINDERS.reduce(
    (rest, { word, form, taken }) =>
      rest.replace(form, (found) => {
        const length = taken ? taken(found) : found.length
        return length === 0 ? found : `${word}${found.slice(length)}`
      }),
    scrubTokens(text),
  )

/** Masks every text in a value, and in the names of its members; names of people are not found. */
export const maskFields = (value: unknown): unknown => {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map(maskFields)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [maskText(name), maskFields(inner)]),
  )
}

/** Masks every member of a record as a whole: for what is personal whatever it says. */
export const maskWhole = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).map((name) => [name, MASKED]))
    : MASKED
