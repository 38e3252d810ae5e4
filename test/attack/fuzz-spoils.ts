import type { Chance } from './fuzz-chance.ts'
import type { Wished } from './wire.ts'

/** Spoils the text of a body. */
export const spoiled = (chance: Chance, text: string): string | Buffer => {
  const half = text.slice(0, Math.floor(text.length / 2))
  const ways: readonly [() => string | Buffer, ...(() => string | Buffer)[]] = [
    () => half,
    () => '',
    () => `${text}${text}`,
    () => `[${text}]`,
    () => `\ufeff${text}`,
    () => text.replace('{', '{"__proto__":{"admin":true},'),
    () => text.replace('{', '{"key":1,"key":2,'),
    () => text.replace('"', '"\\u0000'),
    () => text.replace(/"([^"]*)"$/, '"\\ud800$1"').replace('{', '{"x":"\\udfff",'),
    () => text.replace('{', `{"deep":${'['.repeat(33)}${']'.repeat(33)},`),
    () => text.replace('{', `{"deep":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)},`),
    () => text.replace('{', '{"n":NaN,'),
    () => text.replace('{', '{"n":1e999,'),
    () => text.replace('{', '{/* comment */'),
    () => text.replaceAll('"', "'"),
    () => 'null',
    () => '"text"',
    () => '123',
    () => `{"many":[${'1,'.repeat(25_000)}1]}`,
    () => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0xc0, 0x80])]),
    () => Buffer.from(text, 'utf16le'),
    () => `{"big":"${'x'.repeat(1_100_000)}"}`,
  ]
  return chance.pick(ways)()
}

type By = Readonly<{ chance: Chance; key: string }>

/** A way to spoil a request that was fine. */
export type Spoil = (wished: Wished, by: By) => Wished & Readonly<{ mayCut?: boolean }>

const withHeader =
  (name: string, values: (by: By) => string): Spoil =>
  (wished, by) => ({ ...wished, headers: { ...wished.headers, [name]: values(by) } })

const odd =
  (...values: readonly [string, ...string[]]) =>
  ({ chance }: By) =>
    chance.pick(values)

const LONG = 'y'.repeat(9_000)

const QUERIES: readonly [string, ...string[]] = [
  'limit=1&limit=2',
  'limit=9&limit=9',
  '__proto__=1',
  'constructor[prototype]=1',
  'a[]=1&a[0]=2',
  '%',
  '%00=%00',
  '=',
  '&&&',
  'access_token=x',
  `q=${'z'.repeat(8_200)}`,
  'key=%ff',
  'project=GH&project=GH',
]

/** Ways to spoil a request that was fine. */
export const SPOILS: Readonly<Record<string, Spoil>> = {
  'content type': withHeader(
    'content-type',
    odd(
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/x-ndjson',
      'application/x-www-form-urlencoded',
      '',
      '/',
      'application/json;;;',
    ),
  ),
  encoding: withHeader(
    'content-encoding',
    odd('gzip', 'br', 'deflate', 'identity', 'nonsense', 'gzip, gzip'),
  ),
  'if-match': withHeader(
    'if-match',
    odd('*', '"1"', '1', '"-1"', 'W/"1"', '"9007199254740993"', '"1","2"', '', '"', LONG),
  ),
  'if-none-match': withHeader('if-none-match', odd('*', '"1"', LONG, ',,,')),
  'idempotency-key': withHeader(
    'idempotency-key',
    odd('a', ' ', 'ä', 'x'.repeat(201), 'same', "';--"),
  ),
  traceparent: withHeader(
    'traceparent',
    odd(
      '00',
      '',
      `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
      `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      LONG,
    ),
  ),
  accept: withHeader('accept', odd('*/*', 'text/html', 'nonsense', '', 'application/json;q=0')),
  origin: withHeader('origin', odd('https://evil.example', 'null', '', 'http://localhost', '//')),
  host: withHeader('host', odd('evil.example', '', 'localhost', '127.0.0.1:1', '[::1]')),
  credential: withHeader(
    'authorization',
    odd(
      '',
      'Bearer',
      'Bearer x',
      'Basic eA==',
      'bearer guild_a_x',
      `Bearer ${LONG}`,
      'Bearer guild_p_00000000_0',
    ),
  ),
  'two credentials': (wished, { key }) => ({
    ...wished,
    headers: { ...wished.headers, 'x-api-key': key },
  }),
  cookie: withHeader(
    'cookie',
    odd('__Host-guildhall-abcdef=x', 'a=b; a=c', ';;;=', LONG, '__Host-guildhall=%00'),
  ),
  forwarded: withHeader('x-forwarded-for', odd('1.2.3.4', '::1, 10.0.0.1', 'x', LONG)),
  range: withHeader('range', odd('bytes=0-1', 'bytes=-1', 'x')),
  expect: withHeader('expect', odd('100-continue', '200-ok')),
  upgrade: withHeader('upgrade', odd('h2c', 'websocket', 'x')),
  'method override': withHeader('x-http-method-override', odd('DELETE', 'TRACE')),
  'repeated header': (wished) => ({
    ...wished,
    headers: { ...wished.headers, 'if-match': ['"1"', '"2"'] },
  }),
  method: (wished, { chance }) => ({
    ...wished,
    method: chance.pick([
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
    ]),
  }),
  query: (wished, { chance }) => ({
    ...wished,
    path: `${wished.path}${wished.path.includes('?') ? '&' : '?'}${chance.pick(QUERIES)}`,
  }),
  path: (wished, { chance }) => ({
    ...wished,
    path: chance.pick([
      `${wished.path}/`,
      `/${wished.path}`,
      wished.path.replace('/v1', '/V1'),
      wished.path.replace('/v1/', '/v1/../v1/'),
      wished.path.replace('/v1/', '/v1/%2e%2e/'),
      `${wished.path}%`,
      `${wished.path}%00`,
      `${wished.path};a=b`,
      '/v1',
      '/v1/nothing',
      '/openapi.json',
      '/problems/x.y',
      `/v1/${'a/'.repeat(300)}`,
      '/v1/tasks/%E0%A4%A',
      '/docs',
      '/.well-known/oauth-authorization-server',
      '/metrics',
    ]),
  }),
  'false length': (wished, { chance }) => ({
    ...wished,
    headers: {
      ...wished.headers,
      'content-length': chance.pick(['0', '-1', '1', 'x', '99999999999']),
    },
    mayCut: true,
  }),
}
