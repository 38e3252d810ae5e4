import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withJsonc } from './config-files.ts'
import { runCli } from './run.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guildhall-connect-'))
})

afterEach(async () => {
  await rm(root, { recursive: true })
})

const connect = async (...argv: readonly string[]) => {
  const out: string[] = []
  const err: string[] = []
  const into = (list: string[]) =>
    new Writable({
      write(chunk, _, done) {
        list.push(String(chunk))
        done()
      },
    })
  const exit = await runCli({
    argv: ['connect', ...argv],
    env: {
      home: path.join(root, '.guildhall'),
      userHome: root,
      cwd: root,
      noColor: true,
      tty: { stdin: false, stdout: false, stderr: false },
      nodePath: '/bin/node',
      nodeVersion: 'v24.21.0',
      cliPath: '/opt/cli.js',
    },
    operations: [],
    serve: async () => 0,
    stdin: Readable.from([]),
    stdout: into(out),
    stderr: into(err),
    version: '1.0.0',
  })
  return { exit, out: out.join(''), err: err.join('') }
}

const put = async (name: string, text: string): Promise<void> => {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true })
  await writeFile(path.join(root, name), text)
}

const got = (name: string): Promise<string> => readFile(path.join(root, name), 'utf8')

const url = 'http://127.0.0.1:7420/agent/mcp'
const bearer = (ref: string) => ({ Authorization: `Bearer ${ref}` })
const bridge = () => {
  const keyFile = path.join(root, '.guildhall', 'keys', 'default.key')
  return { command: '/bin/node', args: ['/opt/cli.js', 'mcp', '--key-file', keyFile] }
}

const http = (ref: string) => ({ url, headers: bearer(ref) })
const key = 'GUILDHALL_KEY'
const gemini = { httpUrl: url, headers: bearer(`$${key}`), timeout: 120_000 }

const json = [
  ['claude-code', '.mcp.json', 'mcpServers', {}, { type: 'http', ...http(`\${${key}}`) }],
  ['cursor', '.cursor/mcp.json', 'mcpServers', {}, http(`\${env:${key}}`)],
  [
    'vscode',
    '.vscode/mcp.json',
    'servers',
    { type: 'stdio' },
    { type: 'http', ...http(`\${input:gh}`) },
  ],
  ['gemini', '.gemini/settings.json', 'mcpServers', {}, gemini],
] as const

test.each(json)('%s gets its entry, for the bridge and for HTTP', async (...row) => {
  const [client, file, member, more, entry] = row
  expect((await connect(client, '--write')).exit).toBe(0)
  expect(JSON.parse(await got(file))).toEqual({ [member]: { guildhall: { ...more, ...bridge() } } })
  expect((await connect(client, '--http', '--write')).exit).toBe(0)
  expect(JSON.parse(await got(file))).toMatchObject({ [member]: { guildhall: entry } })
  const printed = await connect(client, '--http')
  expect(JSON.parse(printed.out)).toMatchObject({ [member]: { guildhall: entry } })
  expect(printed.err).toContain(path.join(root, file))
})

test('VS Code is asked for the key once, beside inputs that are there', async () => {
  await put('.vscode/mcp.json', '{ "inputs": [{ "id": "mine" }] }')
  await connect('vscode', '--http', '--write')
  await connect('vscode', '--http', '--write')
  const { inputs } = JSON.parse(await got('.vscode/mcp.json'))
  expect(inputs).toEqual([
    { id: 'mine' },
    { id: 'gh', type: 'promptString', password: true, description: 'Guildhall key' },
  ])
})

test('opencode gets the form of its version', async () => {
  await connect('opencode', '--write')
  const { command, args } = bridge()
  const local = { type: 'local', command: [command, ...args] }
  expect(JSON.parse(await got('opencode.json'))).toEqual({ mcp: { guildhall: local } })
  const remote = { type: 'remote', url, headers: bearer('{env:GUILDHALL_KEY}'), oauth: false }
  await connect('opencode', '--http', '--write')
  const one = { mcp: { guildhall: { ...remote, timeout: 120_000 } } }
  expect(JSON.parse(await got('opencode.json'))).toEqual(one)
  await put('opencode.json', '{"mcp":{"servers":{}}}')
  await connect('opencode', '--http', '--write')
  const two = { mcp: { servers: { guildhall: { ...remote, timeout: { request: 120_000 } } } } }
  expect(JSON.parse(await got('opencode.json'))).toEqual(two)
})

test('Codex gets a TOML table for the bridge and for HTTP, beside its other tables', async () => {
  const others = '# mine\nmodel = "x"\n\n[mcp_servers.other]\ncommand = "y"\n'
  await put('.codex/config.toml', others)
  await connect('codex', '--write')
  const { command, args } = bridge()
  const stdio = `command = "${command}"\nargs = ${JSON.stringify(args).replaceAll(',', ', ')}\n`
  expect(await got('.codex/config.toml')).toBe(`${others}\n[mcp_servers.guildhall]\n${stdio}`)
  await connect('codex', '--http', '--write')
  const http = `url = "${url}"\nbearer_token_env_var = "GUILDHALL_KEY"\ntool_timeout_sec = 120\n`
  expect(await got('.codex/config.toml')).toBe(`${others}\n[mcp_servers.guildhall]\n${http}`)
  expect((await connect('codex', '--http')).out).toBe(`[mcp_servers.guildhall]\n${http}`)
})

const COMMENTED = `{
\t// My servers; keep!
\t"mcpServers": {
\t\t"other": { "command": "npx", "args": ["-y"] }, /* trailing */
\t},
\t"theme": "dark", // yes
}
`

test('other servers, comments and form stay, and the file as it was is kept as .bak', async () => {
  await put('.gemini/settings.json', COMMENTED)
  expect((await connect('gemini', '--write')).exit).toBe(0)
  const after = await got('.gemini/settings.json')
  for (const line of COMMENTED.split('\n')) expect(after).toContain(line)
  expect(after).toContain('\t\t"guildhall": {\n\t\t\t"command": "/bin/node"')
  expect(await got('.gemini/settings.json.bak')).toBe(COMMENTED)
  const again = await connect('gemini', '--write')
  expect(again.out).toContain('is up to date')
  expect(await got('.gemini/settings.json')).toBe(after)
  expect(await got('.gemini/settings.json.bak')).toBe(COMMENTED)
})

const shapes = [
  ['{}', '{\n  "mcpServers": {\n    "guildhall": 1\n  }\n}'],
  ['{"a":1}', '{"a":1, "mcpServers": {"guildhall":1}}'],
  ['{"mcpServers":{"b":{}}}', '{"mcpServers":{"b":{}, "guildhall": 1}}'],
  ['{\n  "a": 1 // note\n}', '{\n  "a": 1, // note\n  "mcpServers": {\n    "guildhall": 1\n  }\n}'],
  ['{ "mcpServers": {\r\n // c\r\n } }', '{ "mcpServers": {\r\n // c\r\n "guildhall": 1\r\n} }'],
  ['\ufeff{"mcpServers":{"guildhall":/*x*/{"a":[]}}}', '\ufeff{"mcpServers":{"guildhall":/*x*/1}}'],
] as const

test.each(shapes)('%j keeps its form', (before, after) => {
  const places = [{ at: ['mcpServers', 'guildhall'], value: 1 }]
  expect(withJsonc(before, places, 'x.json')).toBe(after)
  expect(withJsonc(after, places, 'x.json')).toBe(after)
})

const broken = [
  ['claude-code', '.mcp.json', '{ "mcpServers": '],
  ['claude-code', '.mcp.json', '[]'],
  ['cursor', '.cursor/mcp.json', '{ "mcpServers": [] }'],
  ['codex', '.codex/config.toml', 'model = "open\n'],
  ['codex', '.codex/config.toml', 'mcp_servers = {}\n'],
] as const

test.each(broken)('%s: a file that cannot be read for certain is left alone', async (...row) => {
  const [client, file, text] = row
  await put(file, text)
  const said = await connect(client, '--write')
  expect(said).toMatchObject({ exit: 5, out: '' })
  expect(said.err).toContain('it was left as it is')
  expect(await got(file)).toBe(text)
  await expect(stat(path.join(root, `${file}.bak`))).rejects.toThrow('ENOENT')
})

test('no key is ever written, and a missing key file is named', async () => {
  await put('hall/owner.key', 'guild_p_secret')
  const said = await connect('claude-code', '--write')
  expect(said.err).toContain('There is no key at')
  expect(await got('.mcp.json')).not.toContain('guild_p_secret')
})

test('an unknown client is answered with the nearest known one', async () => {
  const said = await connect('claude-cod')
  expect(said.exit).toBe(2)
  expect(said.err).toContain('Did you mean "claude-code"?')
})

test('the entry names a home that is not the usual one: the bridge has no other way', async () => {
  const home = path.join(root, 'elsewhere')
  await connect('cursor', '--write', '--home', home)
  const { command } = bridge()
  const args = ['/opt/cli.js', 'mcp', '--home', home]
  const keyFile = path.join(home, 'keys', 'default.key')
  const guildhall = { command, args: [...args, '--key-file', keyFile] }
  expect(JSON.parse(await got('.cursor/mcp.json'))).toEqual({ mcpServers: { guildhall } })
})
