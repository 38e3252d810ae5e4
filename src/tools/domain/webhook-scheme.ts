// How senders prove that a call is theirs. Each scheme says what is signed and where the proof
// stands; nothing here knows a secret.

/** The ways in which senders sign their calls. */
export const WEBHOOK_SCHEMES = [
  'standard-webhooks',
  'github',
  'gitlab',
  'stripe',
  'slack',
  'hmac',
] as const
/** A way in which a sender signs. */
export type WebhookScheme = (typeof WEBHOOK_SCHEMES)[number]

/** The hashes of a plain HMAC. */
export const HMAC_HASHES = ['sha256', 'sha512', 'sha1'] as const
/** How the bytes of a plain HMAC are written. */
export const HMAC_ENCODINGS = ['hex', 'base64'] as const

/** Where a plain HMAC stands, and how it is written. */
export type HmacPlace = Readonly<{
  header: string
  prefix: string
  encoding: (typeof HMAC_ENCODINGS)[number]
  hash: (typeof HMAC_HASHES)[number]
}>

/** Milliseconds by which a signed moment may differ from ours, either way. */
export const WEBHOOK_SKEW_MS = 5 * 60_000
/** Signatures of one call that are tried: senders give one for each secret of a rotation. */
const GIVEN_MAX = 10
const ID_CHARS_MAX = 256

/** What a call shows: a signature over `before` and the body, or the secret itself. */
export type Proof =
  | Readonly<{
      kind: 'hmac'
      hash: HmacPlace['hash']
      encoding: HmacPlace['encoding']
      /** Stands before the body in what is signed. */
      before: string
      given: readonly string[]
      /** The signed moment, in milliseconds since 1970; `null`: the scheme has none. */
      sentAt: number | null
      /** What the sender calls this delivery; `null`: nothing, or not in a header. */
      id: string | null
    }>
  | Readonly<{ kind: 'token'; given: string; id: string | null }>

/** Headers by their names in small letters. */
export type WebhookHeaders = Readonly<Record<string, string>>

const moment = (seconds: string): number | null =>
  /^[0-9]{1,11}$/.test(seconds) ? Number(seconds) * 1000 : null

const idIn = (headers: WebhookHeaders, name: string): string | null => {
  const id = headers[name]
  return id === undefined || id === '' || id.length > ID_CHARS_MAX ? null : id
}

const READERS: Readonly<
  Record<WebhookScheme, (headers: WebhookHeaders, place: HmacPlace | null) => Proof | null>
> = {
  'standard-webhooks'(headers) {
    const id = idIn(headers, 'webhook-id')
    const sent = headers['webhook-timestamp'] ?? ''
    const sentAt = moment(sent)
    if (id === null || sentAt === null) return null
    const signatures = (headers['webhook-signature'] ?? '').split(' ')
    const given = signatures.flatMap((one) => (one.startsWith('v1,') ? [one.slice(3)] : []))
    return hmac({ before: `${id}.${sent}.`, given, sentAt, id, encoding: 'base64' })
  },
  github: (headers) =>
    hmac({
      given: after(headers['x-hub-signature-256'], 'sha256='),
      id: idIn(headers, 'x-github-delivery'),
    }),
  gitlab(headers) {
    const given = headers['x-gitlab-token']
    return given ? { kind: 'token', given, id: idIn(headers, 'idempotency-key') } : null
  },
  stripe(headers) {
    const fields = (headers['stripe-signature'] ?? '').split(',').map((one) => one.trim())
    const sent = fields.find((one) => one.startsWith('t='))?.slice(2) ?? ''
    const sentAt = moment(sent)
    const given = fields.flatMap((one) => after(one, 'v1='))
    return sentAt === null ? null : hmac({ before: `${sent}.`, given, sentAt })
  },
  slack(headers) {
    const sent = headers['x-slack-request-timestamp'] ?? ''
    const sentAt = moment(sent)
    const given = after(headers['x-slack-signature'], 'v0=')
    return sentAt === null ? null : hmac({ before: `v0:${sent}:`, given, sentAt })
  },
  hmac(headers, place) {
    if (place === null) return null
    const { header, prefix, encoding, hash } = place
    return hmac({ given: after(headers[header.toLowerCase()], prefix), encoding, hash })
  },
}

const after = (text: string | undefined, prefix: string): readonly string[] =>
  text?.startsWith(prefix) ? [text.slice(prefix.length)] : []

type Hmac = Extract<Proof, { kind: 'hmac' }>

const hmac = (found: Pick<Hmac, 'given'> & Partial<Hmac>): Proof | null => {
  const given = found.given.filter((one) => one !== '').slice(0, GIVEN_MAX)
  if (given.length === 0) return null
  const plain = { hash: 'sha256', encoding: 'hex', before: '', sentAt: null, id: null } as const
  return { ...plain, ...found, kind: 'hmac', given }
}

/** Reads what a call shows of its sender; `null` where that is not what the scheme wants. */
export const readProof = (
  scheme: WebhookScheme,
  headers: WebhookHeaders,
  place: HmacPlace | null,
): Proof | null => READERS[scheme](headers, place)

/** Tells whether a signed moment is near enough; schemes without one are never late. */
export const isTimely = (proof: Proof, now: number): boolean =>
  proof.kind === 'token' || proof.sentAt === null || Math.abs(now - proof.sentAt) <= WEBHOOK_SKEW_MS

/** Says where in a body the sender names the delivery, for schemes that do so under the seal. */
export const idFieldOf = (scheme: WebhookScheme): string | null => {
  if (scheme === 'stripe') return 'id'
  return scheme === 'slack' ? 'event_id' : null
}

const FROM_SENDER: ReadonlySet<WebhookScheme> = new Set<WebhookScheme>(['stripe', 'slack'])

/** Tells whether the sender makes the secret; else the hub can. */
export const isSendersSecret = (scheme: WebhookScheme): boolean => FROM_SENDER.has(scheme)

// Headers that tell what a call is about. What proves it, and what tells of networks, stays out.
const KEPT = new Set(
  [
    'content-type user-agent webhook-id webhook-timestamp x-github-event x-github-delivery',
    'x-github-hook-id x-gitlab-event x-gitlab-event-uuid x-gitlab-instance idempotency-key',
    'x-slack-request-timestamp x-slack-retry-num x-event-type x-event-key x-request-id',
  ].flatMap((line) => line.split(' ')),
)
const HEADER_CHARS_MAX = 500

/** Picks the headers that may be kept and asked for by rules. */
export const keptHeaders = (headers: WebhookHeaders): WebhookHeaders =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => KEPT.has(name))
      .map(([name, value]) => [name, value.slice(0, HEADER_CHARS_MAX)]),
  )
