import { expect, test } from 'vitest'
import type { HttpEntry, OpenApiEntry, StdioEntry } from './catalogue-entry.ts'
import { exactly } from './catalogue-entry.ts'
import { checkParameters, pathsIn, serviceOf, startOf, urlOf } from './catalogue-start.ts'

const BASE = {
  key: 'bell',
  slug: 'bell',
  title: 'Bell',
  about: 'Rings.',
  proof: 'called',
  enabled: true,
  risks: [],
  offline: true,
  auth: { kind: 'none' },
  credential: 'none',
  rules: {},
  tools: { measured: null, effects: {} },
  notes: [],
} as const

const program: StdioEntry = {
  ...BASE,
  kind: 'stdio',
  era: 'legacy',
  package: { ...exactly('bell@1.0.0', 'A'.repeat(86)), bin: 'bell.js' },
  parameters: [
    {
      name: 'folder',
      about: 'A tower.',
      kind: 'folder',
      required: true,
      many: true,
      use: 'write',
    },
    { name: 'rope', about: 'A rope.', kind: 'file', use: 'read' },
    {
      name: 'voice',
      about: 'How loud.',
      kind: 'choice',
      choices: ['low', 'high'],
      fallback: 'low',
    },
    { name: 'times', about: 'How often.', kind: 'number' },
    { name: 'word', about: 'One word in small letters.', kind: 'text', pattern: /^[a-z]+$/ },
  ],
  argv: [
    'ring',
    { parameter: 'folder' },
    { parameter: 'rope', before: '--rope=' },
    { asRoot: '--as-root' },
    { data: 'state/bell.json', before: '--state=' },
  ],
  environment: {
    VOICE: { parameter: 'voice' },
    TIMES: { parameter: 'times' },
    WORD: { parameter: 'word' },
    KEPT: { data: 'kept' },
    MODE: 'quiet',
  },
  needs: [],
  instances: 'credential',
  isolation: 'no',
}

const PLACE = { dataFolder: '/srv/data', isRoot: false }
const refused = (parameter: string) =>
  expect.objectContaining({ code: 'tools.parameter_not_valid', details: { parameter } })

test('arguments and variables are made of what was given', () => {
  const given = { folder: ['/a b', '/c;d'], rope: '/rope', times: 3, word: 'ding' }
  const start = startOf(program, checkParameters(program, given), PLACE)
  expect(start).toEqual({
    argv: ['ring', '/a b', '/c;d', '--rope=/rope', '--state=/srv/data/state/bell.json'],
    environment: {
      VOICE: 'low',
      TIMES: '3',
      WORD: 'ding',
      KEPT: '/srv/data/kept',
      MODE: 'quiet',
    },
  })
})

test('what was left out leaves no empty argument and no empty variable', () => {
  const values = checkParameters(program, { folder: '/a', rope: undefined, times: null })
  expect(startOf(program, values, PLACE)).toEqual({
    argv: ['ring', '/a', '--state=/srv/data/state/bell.json'],
    environment: { VOICE: 'low', KEPT: '/srv/data/kept', MODE: 'quiet' },
  })
})

test('a flag for the super-user is there for the super-user alone', () => {
  const values = checkParameters(program, { folder: '/a' })
  expect(startOf(program, values, { ...PLACE, isRoot: true }).argv).toContain('--as-root')
  expect(startOf(program, values, PLACE).argv).not.toContain('--as-root')
})

test('paths are listed with what they are used for', () => {
  const values = checkParameters(program, { folder: ['/a', '/b'], rope: '/r', word: 'ding' })
  expect(pathsIn(program, values)).toEqual([
    { parameter: 'folder', path: '/a', use: 'write' },
    { parameter: 'folder', path: '/b', use: 'write' },
    { parameter: 'rope', path: '/r', use: 'read' },
  ])
})

test.for([
  ['folder', undefined],
  ['folder', 'here'],
  ['folder', '--evil'],
  ['folder', ''],
  ['folder', '/a\u0000b'],
  ['folder', '/a\nb'],
  ['folder', `/${'a'.repeat(2_000)}`],
  ['folder', Array.from({ length: 17 }, () => '/a')],
  ['folder', ['/a', { path: '/b' }]],
  ['folder', '/\ud800'],
  ['rope', ['/a', '/b']],
  ['voice', 'loud'],
  ['times', '-1'],
  ['times', '1e9'],
  ['times', true],
  ['word', 'DING'],
  ['word', '-n'],
] as const)('%s may not be %j', ([name, value]) => {
  const given = { folder: '/a', [name]: value }
  expect(() => checkParameters(program, given)).toThrow(refused(name))
})

test('an unknown parameter is refused with the nearest known one', () => {
  expect(() => checkParameters(program, { folder: '/a', ropes: '/r' })).toThrow(
    /no parameter ropes.*Did you mean rope\?/,
  )
  expect(() => checkParameters(program, { folder: '/a', __proto__x: '/r' })).toThrow(
    /Known are: folder, rope, voice, times, word\./,
  )
})

const remote: HttpEntry = {
  ...BASE,
  kind: 'http',
  era: 'auto',
  url: 'https://bells.example/{tower}',
  parameters: [
    { name: 'tower', about: 'A tower.', kind: 'text', required: true, pattern: /^[\w ./]+$/ },
  ],
}

test('a value in an address cannot leave its segment', () => {
  const url = (tower: string) => urlOf(remote, checkParameters(remote, { tower }))
  expect(url('north')).toBe('https://bells.example/north')
  expect(url('a/../b c')).toBe('https://bells.example/a%2F..%2Fb%20c')
})

test('a service is reached at the addresses that were given', () => {
  const service: OpenApiEntry = {
    ...BASE,
    kind: 'openapi',
    documentUrl: '{document}',
    baseUrl: '{base}',
    parameters: [
      { name: 'document', about: 'The document.', kind: 'url', required: true },
      { name: 'base', about: 'The service.', kind: 'url', required: true },
    ],
  }
  const given = { document: 'https://a.example/openapi.json', base: 'https://a.example/v1' }
  expect(serviceOf(service, checkParameters(service, given))).toEqual({
    documentUrl: given.document,
    baseUrl: given.base,
  })
  for (const base of [
    'https://user:pw@a.example/',
    'file:///etc/passwd',
    'a.example',
    'https://',
  ]) {
    expect(() => checkParameters(service, { ...given, base })).toThrow(refused('base'))
  }
})
