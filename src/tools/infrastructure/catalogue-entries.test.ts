import { expect, test } from 'vitest'
import type { CatalogueEntry } from '../domain/catalogue-entry.ts'
import { rulesOf } from '../domain/catalogue-entry.ts'
import { flawsOf } from '../domain/catalogue-flaws.ts'
import { CATALOGUE, entryNamed } from './catalogue-entries.ts'

const entries = CATALOGUE.filter((entry) => entry.kind !== 'absent')
const programs = entries.filter((entry) => entry.kind === 'stdio')

test.for(entries)('$key has no flaws', (entry) => {
  expect(flawsOf(entry)).toEqual([])
})

test('keys, other names and short names are each somebody’s alone', () => {
  const names = CATALOGUE.flatMap((entry) => [
    entry.key,
    ...(entry.kind === 'absent' ? [] : (entry.names ?? [])),
  ])
  expect(new Set(names).size).toBe(names.length)
  expect(new Set(entries.map(({ slug }) => slug)).size).toBe(entries.length)
})

test.for([
  'filesystem',
  'memory',
  'sequential-thinking',
  'everything',
  'memory-bank',
  'github',
  'github-project-manager',
  'claude-flow',
  'context7',
  'playwright',
  'code-index',
  'ddg',
  'http-fetch',
  'gitmcp-sutazai',
  'gitmcp-anthropic',
  'gitmcp-docs',
])('%s leads to an entry that can be added', (name) => {
  // biome-ignore format: a list of names
  expect(flawsOf(entryNamed(name))).toEqual([])
})

test('names that cannot be added say why and what to use', () => {
  expect(() => entryNamed('extended-memory')).toThrow(/npm has no package.*Use memory or memory-b/)
  expect(() => entryNamed('ruv-swarm')).toThrow(/does not start.*no install scripts/)
  expect(() => entryNamed('playwrigt')).toThrow(/Did you mean playwright\?/)
  expect(() => entryNamed('x'.repeat(10_000))).toThrow(/guildhall tool catalogue/)
})

test.for(entries.filter(({ proof }) => proof === 'unseen'))('$key says it is unproven', (entry) => {
  expect(entry.notes.join(' ')).toMatch(/not tried|seen here only|only reading/i)
})

const outgoing = programs.filter(({ risks }) => risks.includes('uses_network'))

test.for(outgoing)('$key goes out by itself and is labelled for it', ({ rules, tools }) => {
  const ofTools = Object.values(tools.rules ?? {}).map(({ egress }) => egress)
  expect([rules.egress, ...ofTools].some((egress) => egress !== 'none')).toBe(true)
})

test('what is off at first, what it does and what it lets out is said for each tool', () => {
  const git = entryNamed('git')
  expect(rulesOf(git, 'git_log')).toEqual({ effect: 'read' })
  expect(rulesOf(git, 'git_push')).toEqual({
    effect: 'destroy',
    enabled: false,
    egress: 'external',
  })
  expect(rulesOf(git, 'git_new_thing')).toEqual({ enabled: false })
  expect(rulesOf(entryNamed('filesystem'), 'constructor')).toEqual({})
})

test('a list of all flaws is what a bad entry gets', () => {
  const good = entryNamed('git')
  if (good.kind !== 'stdio') throw new Error('Git is a program.')
  const bad: CatalogueEntry = {
    ...good,
    key: 'Git',
    slug: 'a-very-long-name-for-tools',
    package: { name: 'git', version: '^2.0.0', integrity: 'sha1-x', bin: '../../bin/sh' },
    argv: [{ parameter: 'elsewhere' }, { data: '../out' }],
    environment: { NODE_OPTIONS: '--require=x', GIT_BASE_DIR: { parameter: 'folder' } },
    auth: { kind: 'env', name: 'LD_PRELOAD' },
    tools: { ...good.tools, preset: ['git_fly'] },
  }
  expect(flawsOf(bad)).toEqual([
    'The key is no name.',
    'The short name cannot begin names of tools.',
    'A secret and its place belong together.',
    'A credential and its owner belong together.',
    'elsewhere is not declared.',
    'authorName is not used.',
    'authorEmail is not used.',
    'git_fly has no effect.',
    'The script is not inside the package.',
    'git needs an exact version.',
    'git needs the sha512 of its bytes.',
    'NODE_OPTIONS may not be set.',
    'LD_PRELOAD may not be set.',
    '../out is not inside the folder of the server.',
  ])
})
