import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { HmacPlace, WebhookScheme } from '../domain/webhook-scheme.ts'
import { verifyCall } from './verify-webhook.ts'

type Vector = Readonly<{
  scheme: WebhookScheme
  secret: string
  headers: Readonly<Record<string, string>>
  body: string
  /** When it was signed, in seconds; schemes without a moment have none. */
  sent?: number
  place?: HmacPlace
}>

const SLACK_BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&' +
  'channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&' +
  'command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F' +
  'T1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
  '803a0bc887a14d10d2c447fce8b6703c'

const hex = (secret: string, text: string, hash = 'sha256') =>
  createHmac(hash, secret).update(text).digest('hex')

const HMAC = createHmac('sha512', 'shared secret').update('a=1')

// The first three are published by those who made the schemes; the others follow their words.
const VECTORS: Readonly<Record<string, Vector>> = {
  'the published example of Standard Webhooks': {
    scheme: 'standard-webhooks',
    secret: 'whsec_plJ3nmyCDGBKInavdOK15jsl',
    body: '{"event_type":"ping","data":{"success":true}}',
    sent: 1_731_705_121,
    headers: {
      'webhook-id': 'msg_loFOjxBNrRLzqYUf',
      'webhook-timestamp': '1731705121',
      'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
    },
  },
  'the published example of GitHub': {
    scheme: 'github',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: {
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  },
  'the published example of Slack': {
    scheme: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: SLACK_BODY,
    sent: 1_531_420_618,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
  },
  'a call in the manner of Stripe': {
    scheme: 'stripe',
    secret: 'whsec_test_secret',
    body: '{"id":"evt_1"}',
    sent: 1_700_000_000,
    headers: {
      'stripe-signature': `v0=abc,t=1700000000,v1=${hex('other', 'x')},v1=${hex(
        'whsec_test_secret',
        '1700000000.{"id":"evt_1"}',
      )}`,
    },
  },
  'a call of GitLab': {
    scheme: 'gitlab',
    secret: 'a token of our own',
    body: '{}',
    headers: { 'x-gitlab-token': 'a token of our own', 'idempotency-key': 'k-1' },
  },
  'a plain HMAC in base64': {
    scheme: 'hmac',
    secret: 'shared secret',
    body: 'a=1',
    place: { header: 'X-Signature', prefix: 'sha512=', encoding: 'base64', hash: 'sha512' },
    headers: {
      'x-signature': `sha512=${HMAC.digest('base64')}`,
    },
  },
}

const check = (
  vector: Vector,
  more: Partial<Vector> & { secrets?: string[]; at?: number } = {},
) => {
  const { scheme, headers, body, place, secret, sent = 0 } = { ...vector, ...more }
  const { secrets = [secret], at = sent * 1_000 } = more
  const call = { headers, body: Buffer.from(body) }
  return verifyCall({ scheme, place: place ?? null }, call, { secrets, now: at })
}

const all = Object.entries(VECTORS)
const timed = all.filter(([, { sent }]) => sent !== undefined)

test.each(all)('%s is taken', (_, vector) => {
  expect(check(vector)).not.toBeNull()
})

test.each(all)('%s is taken with the second of two secrets, and not with others', (_, vector) => {
  const other = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw'
  expect(check(vector, { secrets: [other, vector.secret] })).not.toBeNull()
  expect(check(vector, { secrets: [other] })).toBeNull()
  expect(check(vector, { secrets: [] })).toBeNull()
})

test.each(all.filter(([, { scheme }]) => scheme !== 'gitlab'))(
  '%s is refused when one byte of the body is another',
  (_, vector) => {
    for (let at = 0; at < vector.body.length; at += 7) {
      const bytes = Buffer.from(vector.body)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      expect(check(vector, { body: bytes.toString('latin1') })).toBeNull()
    }
    expect(check(vector, { body: `${vector.body} ` })).toBeNull()
  },
)

test.each(all)('%s is refused without its proof, or with an empty one', (_, vector) => {
  for (const [name, value] of Object.entries(vector.headers)) {
    if (/content-type|delivery|idempotency/.test(name)) continue
    const { [name]: __, ...without } = vector.headers
    expect(check(vector, { headers: without })).toBeNull()
    expect(check(vector, { headers: { ...vector.headers, [name]: '' } })).toBeNull()
    const shorter = { ...vector.headers, [name]: value.slice(0, -2) }
    expect(check(vector, { headers: shorter })).toBeNull()
  }
})

test.each(timed)('%s is refused five minutes later, and five minutes too early', (_, vector) => {
  const sent = (vector.sent ?? 0) * 1_000
  expect(check(vector, { at: sent + 300_000 })).not.toBeNull()
  expect(check(vector, { at: sent - 300_000 })).not.toBeNull()
  expect(check(vector, { at: sent + 300_001 })).toBeNull()
  expect(check(vector, { at: sent - 300_001 })).toBeNull()
})

test('a call is known by what its seal covers, however it is spelled', () => {
  const github = VECTORS['the published example of GitHub']
  const stripe = VECTORS['a call in the manner of Stripe']
  if (!github || !stripe) throw new Error('The examples are there.')
  const first = check(github)?.keys
  const renamed = check(github, { headers: { ...github.headers, 'x-github-delivery': 'other' } })
  expect(renamed?.keys.delivery).not.toBe(first?.delivery)
  expect(renamed?.keys.signed).toBe(first?.signed)
  const loud = stripe.headers['stripe-signature']?.toUpperCase().replace('T=', 't=')
  const spelled = { 'stripe-signature': loud?.replaceAll('V1=', 'v1=') ?? '' }
  expect(check(stripe, { headers: spelled })?.keys).toEqual(check(stripe)?.keys)
})

test('a delivery that Stripe repeats later is the same one', () => {
  const stripe = VECTORS['a call in the manner of Stripe']
  if (!stripe) throw new Error('The example is there.')
  const later = `t=1700000100,v1=${hex(stripe.secret, `1700000100.${stripe.body}`)}`
  const repeated = check(stripe, { headers: { 'stripe-signature': later }, at: 1_700_000_100_000 })
  expect(repeated?.keys).toEqual(check(stripe)?.keys)
})

test('a body is read as JSON, as a form, or not at all', () => {
  const slack = VECTORS['the published example of Slack']
  const gitlab = VECTORS['a call of GitLab']
  if (!slack || !gitlab) throw new Error('The examples are there.')
  expect(check(slack)?.json).toMatchObject({ command: '/webhook-collect', team_id: 'T1DC2JH3J' })
  expect(check(gitlab, { body: '{"a":[1]}' })?.json).toEqual({ a: [1] })
  expect(check(gitlab, { body: '{"a":' })?.json).toBeUndefined()
  expect(check(gitlab, { body: '['.repeat(200_000) })).not.toBeNull()
})
