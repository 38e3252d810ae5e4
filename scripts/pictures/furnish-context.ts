import type { Call } from './call.ts'

const RULES = `Small steps, each with its test.
Ask before you take in a package.
What a person reads is said in plain words.`

const DEFINITION = {
  test: { command: 'npm test', one: 'npx vitest run <file>' },
  style: { rules: RULES, lineMax: 100 },
  tags: ['web', 'hub'],
}

/** Writes contexts, proposals and objectives as a team leaves them behind. */
export const furnishContext = async (v1: Call): Promise<void> => {
  const write = (at: string, data: object) => v1('POST /context', { at, data })
  await write('global', {
    language: 'English',
    security: { secrets: 'Never in a file that is committed', review: true, $lock: ['secrets'] },
    test: { command: 'make test', timeoutMs: 60_000 },
    tags: ['guild'],
  })
  await write('GH', { ...DEFINITION, tags: null, 'tags+': ['web', 'hub'] })
  await write('GH/main', { deploy: { target: 'staging', branch: 'main' }, 'tags+': ['trunk'] })
  await write('GH-1', { test: { one: 'npx vitest run web/src/list.test.ts' }, hint: HINT })
  await write('GH', { test: { command: 'npm run check && npm test' } })
  await v1('POST /context', { at: 'GH-1', path: 'language', data: null })
  const lesson = ['The list is read in pages of 100; more at once runs out of memory.']
  const from = 'GH-1'
  await v1('POST /context/share', { at: 'GH', path: 'learned+', data: lesson, from })
  const reason = 'One file is faster while one works on it.'
  const one = { at: 'GH', path: 'test.one', data: 'npx vitest run web/src/list.test.ts' }
  await v1('POST /context/share', { ...one, from, reason })
  await write('GH', { test: { one: 'npx vitest run --changed' } })
  await objectives(v1)
}

const HINT = 'The first page may be drawn before the others are there; order comes from `rank`.'

const objectives = async (v1: Call): Promise<void> => {
  const save = (objective: object) => v1('POST /objectives', objective)
  await save({ title: 'A hall that people like better than the tools they pay for' })
  const speed = { unit: 'ms', start: 900, target: 300, current: 480 }
  const due = '2027-03-31T00:00:00Z'
  const fast = { title: 'Every view is there at once', parent: 'O-1', weight: 2 }
  await save({ ...fast, metric: speed, due, owner: 'owner' })
  await save({ title: 'Agents finish what they begin', parent: 'O-1', places: ['GH'] })
  const teams = { unit: 'teams', start: 0, target: 20, current: 3 }
  await save({ title: 'Teams use it every day', parent: 'O-1', metric: teams, owner: 'dev-1' })
  await save({ title: 'الوصول إلى لغات أخرى', parent: 'O-4' })
  await save({ title: 'The great backlog is empty', places: ['BIG'], due })
}
