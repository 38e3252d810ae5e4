// Secrets that nobody has told us of, found by the look of their kind. Each pattern wants enough
// characters after its sign that help texts ("Bearer guild_...") stay as they are.

/** What stands where a secret stood. */
export const SCRUBBED = '[secret]'

const SIGNS = new RegExp(
  [
    'guild|eyJ|-----BEGIN|gh[pousr]_|github_pat_|xox[a-z]-|sk-|A[KS]IA|AIza|glpat-',
    'bearer|authorization|://',
  ].join('|'),
  'i',
)
const PEM_BEGINS = '-----BEGIN '
const RUN = '[A-Za-z0-9._~+/=-]'
/** What stands between a header's name and its value, in headers, JSON and logs. */
const BETWEEN = `\\\\?["']?\\s{0,4}[:=]\\s{0,4}\\\\?["']?`
const PEM_NAME = '[A-Z0-9 ]{0,40}PRIVATE KEY-----'

/** Signs and what follows; the first group, where there is one, stays. */
const TOKENS: readonly RegExp[] = [
  new RegExp(`${PEM_BEGINS}${PEM_NAME}[\\s\\S]*?(?:-----END ${PEM_NAME}|$)`, 'g'),
  /guild_[asp]_[0-9A-Za-z]{8}_[0-9A-Za-z]{22}_[0-9A-Za-z]+/g,
  /((?:__Host-)?guildhall-[0-9A-Za-z]{6}=)[^;,\s"']{8,}/g,
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}/g,
  /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,}/g,
  /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{20,}/g,
  /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,}/g,
  /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])/g,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/g,
  /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{16,}/g,
  new RegExp(`(\\bbearer\\s{1,4})${RUN}{16,}`, 'gi'),
  new RegExp(`(\\bauthorization${BETWEEN}[a-z]{1,20}\\s{1,4})(?!guild_\\.)${RUN}{8,}`, 'gi'),
  /(:\/\/[^\s/:@"']{0,200}:)[^\s/@"']{1,500}(?=@)/g,
]

/** Takes everything out of a text that looks like a secret. */
export const scrubTokens = (text: string): string => {
  if (!SIGNS.test(text)) return text
  return TOKENS.reduce(
    (rest, pattern) =>
      rest.replace(pattern, (_whole, kept: unknown) =>
        typeof kept === 'string' ? `${kept}${SCRUBBED}` : SCRUBBED,
      ),
    text,
  )
}

const PEM_ENDS = new RegExp(`-----END ${PEM_NAME}`)
/** How tokens begin; for xox, gh and the like one letter stands for all of its place. */
const BEGINNINGS = [
  ...['guild', 'eyJ', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'xox', 'sk-'],
  ...['AKIA', 'ASIA', 'AIza', 'glpat-', 'bearer', 'authorization', '://', '__Host-', PEM_BEGINS],
].map((sign) => sign.toLowerCase())
const LAST_RUN = /[^\s"',;]*$/
/** A header's name, what may stand between it and its token, and as much as is there of that. */
const LAST_HEADER = /(?:bearer|authorization)[\\"'\s:=]{0,8}(?:[a-z]{1,20}\s{1,4})?[^\s"',;]*$/i

/** Gives the first place from which the end of a text may be a token that goes on. */
export const unfinishedToken = (text: string): number => {
  const pem = text.lastIndexOf(PEM_BEGINS)
  if (pem >= 0 && !PEM_ENDS.test(text.slice(pem))) return pem
  const header = LAST_HEADER.exec(text)?.index ?? text.length
  const run = text.slice(LAST_RUN.exec(text)?.index ?? text.length).toLowerCase()
  for (let at = 0; at < run.length; at += 1) {
    const rest = run.slice(at)
    const begins = BEGINNINGS.some((sign) => rest.startsWith(sign) || sign.startsWith(rest))
    if (begins) return Math.min(header, text.length - run.length + at)
  }
  return header
}

/** How to go on swallowing after a token that was too long to wait for its end. */
export type Swallow = Readonly<{ until: RegExp }>

/** Tells how the token goes on that a text ends in; `null` where it ends in none. */
export const endsInToken = (text: string): Swallow | null => {
  if (!scrubTokens(text).endsWith(SCRUBBED)) return null
  const pem = text.lastIndexOf(PEM_BEGINS)
  const isPem = pem >= 0 && !PEM_ENDS.test(text.slice(pem))
  return { until: isPem ? PEM_ENDS : /[^A-Za-z0-9._~+/=-]/ }
}
