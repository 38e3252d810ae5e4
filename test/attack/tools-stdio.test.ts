import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import type { StdioEntry } from '../../src/tools/domain/catalogue-entry.ts'
import { checkParameters } from '../../src/tools/domain/catalogue-start.ts'
import { CATALOGUE } from '../../src/tools/infrastructure/catalogue-entries.ts'
import { addProgram, toolsHouse } from '../tools/house.ts'

// T9: programs. Which one runs, and with what, is said by an administrator's entry; nothing that
// a call, an agent or a member says is ever part of it.

const SCRIPT = fileURLToPath(new URL('../tools/tell-program.ts', import.meta.url))

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Refusal) return `${error.kind} ${error.code}`
      throw error
    },
  )

test('nobody but an administrator adds, starts or changes a program', async () => {
  const house = await toolsHouse()
  const { given, run } = house
  await addProgram(house, { slug: 'spy', script: SCRIPT })
  const callers = [
    await given.agent('dev-1', ['GH']),
    await given.person('max', 'member'),
    await given.person('vera', 'viewer'),
  ]
  await run('identity.give_role', { handle: 'max', role: 'lead', project: 'GH' })
  const tries: readonly (readonly [string, object])[] = [
    ['tools.add_tool', { entry: 'memory' }],
    ['tools.add_tool', { entry: 'filesystem', parameters: { folder: ['/'] } }],
    ['tools.add_tool_server', { slug: 'x', url: 'https://example.org/' }],
    ['tools.change_tool_server', { slug: 'spy', enabled: true }],
    ['tools.remove_tool_server', { slug: 'spy' }],
    ['tools.set_tool_rules', { server: 'spy', rules: {} }],
    ['tools.refresh_tools', { slug: 'spy' }],
    ['tools.approve_tool', { name: 'spy__text', hash: 'a'.repeat(64) }],
  ]
  for (const who of callers) {
    for (const [name, input] of tries) {
      const code = await codeOf(run(name, input, who))
      expect([who.handle, name, code.split(' ')[0]]).toEqual([who.handle, name, 'forbidden'])
    }
  }
})

test('no way of adding a server takes a command', async () => {
  const { run } = await toolsHouse()
  const commands = [
    { kind: 'stdio' },
    { command: 'sh', args: ['-c', 'id'] },
    { program: '/bin/sh' },
    { argv: ['-c', 'id'] },
    { env: { NODE_OPTIONS: '--require /tmp/x' } },
    { config: { program: '/bin/sh' } },
    { url: 'file:///bin/sh' },
    { url: 'stdio:///bin/sh' },
    { url: 'unix:/run/docker.sock' },
  ]
  for (const more of commands) {
    const wish = { slug: 'x', url: 'https://example.org/', ...more }
    expect([more, (await codeOf(run('tools.add_tool_server', wish))).split(' ')[0]]).toEqual([
      ...[more, 'invalid'],
    ])
  }
})

/** What somebody puts where a value is asked for, so that it becomes more than a value. */
const TRICKS: readonly unknown[] = [
  ...['--require=/tmp/x.js', '-e', '--inspect=0.0.0.0', '-', '--', '; id', '$(id)', '`id`'],
  ...['/a\n/b', '/a\0b', '/a\u0000', '| id', '&& id', '../../etc', '\ud800', ''],
  ...[{ toString: 'x' }, ['a', ['b']], true, [null], { $ref: 'x' }],
]
const VARIABLES = [
  ...['NODE_OPTIONS', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'PATH', 'HOME', 'BASH_ENV', 'NODE_PATH'],
  ...['npm_config_registry', 'GIT_SSH_COMMAND', 'PYTHONSTARTUP', 'constructor'],
]

test('parameters of entries take values, and neither options nor variables', async () => {
  const { run } = await toolsHouse()
  const programs = CATALOGUE.filter((entry) => entry.kind === 'stdio')
  expect(programs.length).toBeGreaterThan(8)
  const taken: unknown[] = []
  const tried = (entry: StdioEntry, parameters: Readonly<Record<string, unknown>>) => {
    try {
      checkParameters(entry, parameters)
      taken.push([entry.key, parameters])
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
    }
  }
  for (const entry of programs) {
    for (const name of VARIABLES) tried(entry, { [name]: '/tmp/x' })
    for (const { name } of entry.parameters) {
      for (const value of TRICKS) tried(entry, { [name]: value })
    }
  }
  expect(taken).toEqual([])
  for (const parameters of [{ NODE_OPTIONS: '--require /tmp/x' }, { folder: ['--allow-all'] }]) {
    const code = await codeOf(run('tools.add_tool', { entry: 'filesystem', parameters }))
    expect(code).toBe('invalid tools.parameter_not_valid')
  }
})

test('what a call says is no argument and no variable of a program', async () => {
  const house = await toolsHouse()
  const { refresh, tool, given } = house
  const environment = { MODE: 'plain' }
  await addProgram(house, { slug: 'spy', script: SCRIPT, argv: ['--root', '/srv'], environment })
  await refresh('spy')
  const dev = await given.agent('dev-1', ['GH'])
  const args = {
    argv: ['--require', '/tmp/x'],
    env: { NODE_OPTIONS: '--require /tmp/x', MODE: 'other' },
    NODE_OPTIONS: '--inspect',
    '--root': '/',
  }
  const { text } = await tool('spy__started', args, dev)
  const told = JSON.parse(text)
  expect(told.argv).toEqual(['--root', '/srv'])
  expect(told.execArgv).toEqual([])
  expect(told.args).toEqual(args)
  expect(told.env.MODE).toBe('plain')
  expect(Object.keys(told.env).toSorted()).toEqual(['HOME', 'LANG', 'MODE', 'PATH', 'TMPDIR'])
  expect(told.env.HOME).not.toBe(process.env['HOME'])
  expect(told.env.PATH).not.toContain('node_modules/.bin')
})

test('the hub’s own environment is in no program’s', async () => {
  const house = await toolsHouse()
  process.env['GUILDHALL_PLANTED'] = 'planted-secret'
  try {
    await addProgram(house, { slug: 'spy', script: SCRIPT })
    await house.refresh('spy')
    const { text } = await house.tool('spy__started')
    expect(text).not.toContain('planted-secret')
    expect(text).not.toContain('DATABASE_URL')
  } finally {
    delete process.env['GUILDHALL_PLANTED']
  }
})

const REFUSED = [
  'NODE_OPTIONS',
  'LD_PRELOAD',
  'DYLD_INSERT_LIBRARIES',
  'PATH',
  'BASH_ENV',
  'npm_config_x',
]

test.each(REFUSED)('a program that is to start with %s does not start', async (variable) => {
  const house = await toolsHouse()
  const { run, refused } = house
  await addProgram(house, { slug: 'spy', script: SCRIPT, environment: { [variable]: '/tmp/x' } })
  const { failure } = await run('tools.refresh_tools', { slug: 'spy' })
  expect(failure).toContain(variable)
  expect((await refused('tools.call_tool', { name: 'spy__text' })).kind).toBe('not_found')
  await addProgram(house, { slug: 'spy2', script: SCRIPT, variable })
  await run('tools.connect_account', { server: 'spy2', value: '--require /tmp/x' })
  const second = await run('tools.refresh_tools', { slug: 'spy2' })
  expect(second.failure).toContain(variable)
  expect(JSON.stringify(second)).not.toContain('--require')
})

test('programs are started without a shell', async () => {
  const folder = fileURLToPath(new URL('../../src/platform/child/', import.meta.url))
  const text = await readFile(join(folder, 'run-child.ts'), 'utf8')
  expect(text).toContain('shell: false')
  expect(text).not.toMatch(/\bexec(Sync|File)?\(/)
})
