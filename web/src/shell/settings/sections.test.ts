import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Me } from '../../live/own/rights.ts'
import { findSettings, SECTIONS, sectionsFor } from './sections.ts'

const me = (...permissions: string[]): Me => ({
  ...{ id: '1', handle: 'ada', kind: 'person', projects: [], permissions },
  organisation: { slug: 'org', name: 'Org' },
})

const names = (wanted: string, who: Me | null = me('member:read', 'role:read')) =>
  findSettings(sectionsFor(who), wanted).map(
    ({ section, setting }) => setting?.name ?? section.name,
  )

test('a setting is found by the beginnings of its words, its name before other words', () => {
  expect(names('dark')).toEqual(['Look'])
  expect(names('SECOND fac')).toEqual(['Passkeys', 'Authenticator app', 'Backup codes'])
  expect(names('back')).toEqual(['Backup codes'])
  expect(names('role')[0]).toBe('Roles')
  expect(names('e-mail')).toEqual(['Profile'])
  expect(names('ark')).toEqual([])
  expect(names('  ')).toEqual([])
})

test('what one may not do is not found', () => {
  expect(names('invite')).toEqual([])
  expect(names('invite', me('member:read', 'member:write'))).toEqual(['Invitations'])
  expect(names('people', me())).not.toContain('People')
  expect(sectionsFor(null).map(({ name }) => name)).toEqual(['Security', 'Appearance', 'Limits'])
})

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))

test('every setting leads to a place that is there', () => {
  const all = sources(join(import.meta.dirname, '..', '..')).join('\n')
  const anchors = SECTIONS.flatMap(({ settings }) => settings.map(({ anchor }) => anchor))
  expect(new Set(anchors).size).toBe(anchors.length)
  expect(anchors.filter((anchor) => !all.includes(`anchor="${anchor}"`))).toEqual([])
})
