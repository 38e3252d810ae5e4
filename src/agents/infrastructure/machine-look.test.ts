import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { machineLook } from './machine-look.ts'

const SECRET = 'sk-secret-in-settings-0123456789'

let home: string
let other: string

const put = async (path: string, text: string, mode = 0o644): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode })
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'guildhall-machine-'))
  other = await mkdtemp(join(tmpdir(), 'guildhall-elsewhere-'))
  const server = { command: 'npx', args: ['-y', 'thing'], env: { TOKEN: SECRET } }
  const far = { type: 'http', url: `https://example.org/mcp?key=${SECRET}` }
  const claude = { mcpServers: { notes: server, wiki: far, guildhall: far } }
  await put(join(home, '.claude.json'), JSON.stringify(claude))
  const codex = [
    ...['model = "x"', '[mcp_servers.docs]', 'command = "docs"', '[mcp_servers.docs.env]'],
    ...[`T = "${SECRET}"`, '[mcp_servers."far one"]', 'url = "https://example.org"', ''],
  ].join('\n')
  await put(join(home, '.codex', 'config.toml'), codex)
  await put(join(home, '.cursor', 'mcp.json'), '{ "mcpServers": { // a remark\n "half": ')
  await put(join(home, 'bin', 'codex'), '#!/bin/sh\n', 0o755)
  await put(join(home, 'bin', 'gemini'), 'no program', 0o644)
  await put(join(home, 'code', 'hall', '.git', 'HEAD'), 'ref: x')
  await put(join(home, 'code', 'hall', '.beads', 'issues.jsonl'), '{"id":"bd-1"}\n')
  await put(join(home, 'code', 'hall', '.beads', 'a.jsonl'), 'another')
  await put(join(home, 'code', 'hall', 'vendor', 'inner', '.git', 'HEAD'), 'ref: x')
  await put(join(home, 'srv', 'board', '.git', 'HEAD'), 'ref: x')
  await put(join(home, 'srv', 'board', 'backlog', 'config.yml'), 'statuses: [A]\n')
  await put(join(home, 'srv', 'board', 'backlog', 'tasks', 'task-1 - One.md'), '---\nid: 1\n---')
  await put(join(home, 'srv', 'board', 'backlog', 'picture.png'), 'no text')
  await put(join(home, 'plain', '.git'), 'gitdir: elsewhere')
  await put(join(home, 'a', 'b', 'c', 'deep', '.git', 'HEAD'), 'ref: x')
  await put(join(home, '.hidden', 'repository', '.git', 'HEAD'), 'ref: x')
  await put(join(other, '.git', 'HEAD'), 'ref: x')
  await put(join(other, '.beads', 'issues.jsonl'), SECRET)
  await symlink(other, join(home, 'link'))
  await symlink(join(other, '.beads'), join(home, 'plain', '.beads'))
})

afterAll(async () => {
  await Promise.all([home, other].map((path) => rm(path, { recursive: true, force: true })))
})

const eyes = (now: () => number = () => 0) => machineLook({ home, path: join(home, 'bin'), now })

test('programs are found where commands are, and only if they can be run', async () => {
  const { programs } = await eyes().look()
  expect(programs.filter(({ installed }) => installed).map(({ name }) => name)).toEqual(['codex'])
})

test('servers of tools are named, with nothing of how they are reached', async () => {
  const found = await eyes().look()
  expect(found.servers).toEqual([
    { name: 'notes', kind: 'command', program: 'claude-code' },
    { name: 'wiki', kind: 'address', program: 'claude-code' },
    { name: 'docs', kind: 'command', program: 'codex' },
    { name: 'far one', kind: 'address', program: 'codex' },
  ])
  expect(JSON.stringify(found)).not.toContain(SECRET)
})

test('repositories near the home folder are found, with the backlog that they hold', async () => {
  const { repositories, cut } = await eyes().look()
  const named = repositories.map(({ path, name, backlog }) => [
    path.slice(home.length),
    name,
    backlog,
  ])
  expect(named.toSorted(([a = ''], [b = '']) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['/code/hall', 'hall', 'beads'],
    ['/plain', 'plain', null],
    ['/srv/board', 'board', 'backlog-md'],
  ])
  expect(cut).toBe(false)
})

test('a look ends after its time, and says that there is more', async () => {
  let time = 0
  const { cut } = await eyes(() => (time += 2_000)).look()
  expect(cut).toBe(true)
})

test('a backlog is read as imports take it', async () => {
  expect(await eyes().backlog(join(home, 'code', 'hall'))).toEqual({
    source: 'beads',
    files: [{ path: 'issues.jsonl', text: '{"id":"bd-1"}\n' }],
  })
  const board = await eyes().backlog(join(home, 'srv', 'board'))
  expect(board?.files.map(({ path }) => path)).toEqual(['config.yml', 'tasks/task-1 - One.md'])
})

test.each([
  ['a folder above', () => dirname(home)],
  ['the home folder', () => home],
  ['another folder', () => other],
  ['a way round', () => join(home, 'code', '..', '..', other)],
  ['a link that leads out', () => join(home, 'link')],
  ['a backlog that is a link', () => join(home, 'plain')],
  ['nothing', () => join(home, 'nothing')],
  ['a file', () => join(home, '.claude.json')],
])('%s gives no backlog', async (_, path) => {
  expect(await eyes().backlog(path())).toBeNull()
})
