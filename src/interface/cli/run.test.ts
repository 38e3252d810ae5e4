import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type AnyOperation, operation } from '../../kernel/operation.ts'
import { type CliGround, runCli } from './run.ts'

const never = async () => ({ key: 'GH-1', column: 'done', version: 1 })
const Task = z.object({ key: z.string(), column: z.string(), version: z.int() })

const moveTask = operation<object>()({
  name: 'work.move_task',
  about: 'Move a task to another column. It may be refused.',
  input: z.strictObject({
    key: z.string(),
    to: z.enum(['doing', 'done']).describe('The column it goes to'),
    version: z.int().optional(),
    urgent: z.boolean().optional(),
    labels: z.array(z.string()).optional(),
    sprint: z.string().nullable().optional(),
    accept: z.array(z.object({ text: z.string() })).optional(),
    note: z.string().optional(),
  }),
  output: Task,
  access: 'task:write',
  effect: 'write',
  http: 'POST /tasks/:key/move',
  mcp: null,
  say: ({ key, column }) => `${key} ${column}`,
  run: never,
})

const listTasks = operation<object>()({
  name: 'work.list_tasks',
  about: 'List tasks.',
  input: z.strictObject({
    limit: z.int().optional(),
    labels: z.array(z.string()).optional(),
    q: z.string().optional(),
  }),
  output: z.object({ items: z.array(Task), next: z.string().nullable() }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /tasks',
  mcp: null,
  run: async () => ({ items: [], next: null }),
})

const plain = (name: string, http: string, more: Partial<{ internal: boolean }> = {}) =>
  operation<object>()({
    name,
    about: 'Do it.',
    input: z.looseObject({ project: z.string().optional(), id: z.string().optional() }),
    output: z.looseObject({}),
    access: null,
    effect: http.startsWith('GET') ? 'read' : 'write',
    http,
    mcp: null,
    ...more,
    run: async () => ({}),
  })

const createAgent = operation<object>()({
  name: 'identity.create_agent',
  about: 'Create an agent.',
  input: z.strictObject({ name: z.string(), projects: z.array(z.string()).min(1) }),
  output: z.object({ handle: z.string(), key: z.string() }),
  access: 'agent:write',
  effect: 'write',
  http: 'POST /agents',
  mcp: null,
  run: async () => ({ handle: '', key: '' }),
})

const operations: readonly AnyOperation[] = [
  moveTask,
  listTasks,
  createAgent,
  plain('work.delete_task', 'DELETE /tasks/:id'),
  plain('platform.verify_ledger', 'GET /ledger/verify'),
  plain('work.import_beads', 'POST /import/beads'),
  plain('work.import_backlog_md', 'POST /import/backlog-md'),
  plain('work.sweep_leases', 'POST /sweep', { internal: true }),
]

type Heard = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
type Answerer = (heard: Heard, res: ServerResponse) => void

let server: Server
let home: string
let url: string
let heard: Heard[]
let answer: Answerer

const reply = (res: ServerResponse, status: number, body: unknown): void => {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'guildhall-cli-'))
  heard = []
  answer = (_, res) => reply(res, 200, { key: 'GH-12', column: 'done', version: 2 })
  server = createServer((req, res) => {
    const hear = (body: string) => {
      const one = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body }
      heard.push(one)
      answer(one, res)
    }
    readAll(req).then(hear, () => res.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(home, { recursive: true })
})

type Said = { exit: number; out: string; err: string }
type Changes = Partial<Omit<CliGround, 'env'>> & { env?: Partial<CliGround['env']> }

const guildhall = async (argv: readonly string[], changes: Changes = {}): Promise<Said> => {
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
    operations,
    serve: async (words) => words.length,
    stdin: Readable.from([]),
    stdout: into(out),
    stderr: into(err),
    version: '1.2.3',
    ...changes,
    argv,
    env: {
      home,
      userHome: home,
      cwd: home,
      url,
      key: 'guild_a_test',
      noColor: true,
      tty: { stdin: false, stdout: false, stderr: false },
      nodePath: '/bin/node',
      nodeVersion: 'v24.21.0',
      cliPath: '/opt/guildhall/cli.js',
      ...changes.env,
    },
  })
  return { exit, out: out.join(''), err: err.join('') }
}

test('a write sends path, body and both keys, and prints what the operation says', async () => {
  const said = await guildhall(['task', 'move', 'GH-12', '--to', 'done', '--version', '1'])
  expect(said).toEqual({ exit: 0, out: 'GH-12 done\n', err: '' })
  expect(heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ method: 'POST', url: '/v1/tasks/GH-12/move' })
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({ to: 'done', version: 1 })
  expect(heard[0]?.headers.authorization).toBe('Bearer guild_a_test')
  expect(heard[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
})

test('flags become booleans, lists, nulls and JSON', async () => {
  const file = path.join(home, 'accept.json')
  await writeFile(file, '[{"text":"works"}]')
  const flags = ['--urgent', '--label', 'a,b', '--labels', 'c', '--sprint', 'null']
  const words = ['task', 'move', 'GH 1#2', '--to', 'done', ...flags, '--accept', '@accept.json']
  const note = ['--note', '-']
  const said = await guildhall([...words, ...note], { stdin: Readable.from(['from ', 'a pipe']) })
  expect(said).toMatchObject({ exit: 0, err: '' })
  expect(heard[0]?.url).toBe('/v1/tasks/GH%201%232/move')
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
    to: 'done',
    urgent: true,
    labels: ['c', 'a', 'b'],
    sprint: null,
    accept: [{ text: 'works' }],
    note: 'from a pipe',
  })
})

test('a list takes its singular as a flag, and a missing one is named', async () => {
  const argv = ['agent', 'create', '--name', 'ana']
  await guildhall([...argv, '--project', 'GH', '--project', 'OPS', '--json'])
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({ name: 'ana', projects: ['GH', 'OPS'] })
  const bare = await guildhall(argv)
  expect(bare).toMatchObject({ exit: 2, out: '' })
  expect(bare.err).toBe('error: --project needs a value.\nhint: guildhall agent create --help\n')
})

test('--json prints the answer as it is, and --fields cuts it', async () => {
  const whole = await guildhall(['task', 'move', 'GH-12', '--to', 'done', '--json'])
  expect(whole.out).toBe('{"key":"GH-12","column":"done","version":2}\n')
  const cut = await guildhall([
    '--fields',
    'key',
    'task',
    'move',
    'GH-12',
    '--to',
    'done',
    '--json',
  ])
  expect(cut.out).toBe('{"key":"GH-12"}\n')
})

const items = [
  { key: 'GH-1', column: 'todo', version: 1 },
  { key: 'GH-12', column: 'a\tb\u001b[2J', version: 2 },
]

test('a list is TSV in a pipe, a table on a terminal, and free of control characters', async () => {
  answer = (_, res) => reply(res, 200, { items, total: 9, next: 'c_x' })
  const piped = await guildhall(['task', 'list', '--limit', '2', '--labels', 'a,b'])
  expect(heard[0]?.url).toBe('/v1/tasks?limit=2&labels=a&labels=b')
  expect(heard[0]?.headers['idempotency-key']).toBeUndefined()
  expect(piped.out).toBe('key\tcolumn\tversion\nGH-1\ttodo\t1\nGH-12\ta b\t2\n')
  expect(piped.err).toBe('2 of 9, more: --cursor c_x\n')
  const tty = { stdin: true, stdout: true, stderr: false }
  const table = await guildhall(['task', 'list', '--fields', 'key,version'], { env: { tty } })
  expect(table.out).toBe('key    version\nGH-1   1\nGH-12  2\n')
})

const exits = [
  [422, 2],
  [413, 2],
  [401, 3],
  [403, 3],
  [404, 4],
  [409, 5],
  [429, 6],
  [503, 7],
  [500, 70],
] as const

test.each(exits)(
  'status %i ends with exit code %i and the sentence of the hub',
  async (status, exit) => {
    const problem = { type: '/problems/work.column_full', title: 'The column is full.', limit: 3 }
    answer = (_, res) => reply(res, status, problem)
    const said = await guildhall(['task', 'move', 'GH-12', '--to', 'done'])
    expect(said).toMatchObject({ exit, out: '' })
    expect(said.err).toMatch(/^error: The column is full\.\n/)
    const asJson = await guildhall(['task', 'move', 'GH-12', '--to', 'done', '--json'])
    expect(asJson.exit).toBe(exit)
    expect(JSON.parse(asJson.err)).toEqual(problem)
  },
)

test('a broken connection is tried once more under the same idempotency key', async () => {
  answer = (_, res) => {
    if (heard.length === 1) res.destroy()
    else reply(res, 200, { key: 'GH-12', column: 'done', version: 2 })
  }
  const said = await guildhall(['task', 'move', 'GH-12', '--to', 'done'])
  expect(said).toEqual({ exit: 0, out: 'GH-12 done\n', err: '' })
  const keys = heard.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
})

test('a hub that is away ends with 7 and says how to start it', async () => {
  await new Promise((resolve) => server.close(resolve))
  const said = await guildhall(['task', 'list'])
  expect(said.exit).toBe(7)
  expect(said.err).toBe(
    `error: Guildhall is not running at ${url}: npx guildhall start.\n` +
      'hint: npx guildhall start\n',
  )
})

test('address and key come from the home when nothing else names them', async () => {
  await writeFile(path.join(home, 'hub.json'), JSON.stringify({ pid: 1, address: `${url}/` }))
  await writeFile(path.join(home, 'owner.key'), 'guild_p_owner\n')
  const bare = { env: { url: undefined, key: undefined } }
  await guildhall(['task', 'list'], bare)
  expect(heard[0]?.headers.authorization).toBe('Bearer guild_p_owner')
  await mkdir(path.join(home, 'keys'))
  await writeFile(path.join(home, 'keys', 'default.key'), 'guild_a_default')
  await guildhall(['task', 'list'], bare)
  expect(heard[1]?.headers.authorization).toBe('Bearer guild_a_default')
  await guildhall(['task', 'list', '--key-file', 'owner.key', '--url', url], bare)
  expect(heard[2]?.headers.authorization).toBe('Bearer guild_p_owner')
})

test('a flag of one letter is typed with two dashes like every other', async () => {
  for (const words of [['--q', 'label:ui'], ['--q=label:ui'], ['-q', 'label:ui']]) {
    expect(await guildhall(['task', 'list', ...words])).toMatchObject({ exit: 0 })
    expect(heard.at(-1)?.url).toBe('/v1/tasks?q=label%3Aui')
  }
})

test('--home names the home of another hub', async () => {
  await writeFile(path.join(home, 'owner.key'), 'guild_p_owner')
  const env = { key: undefined, home: path.join(home, 'nowhere') }
  await guildhall(['task', 'list', '--home', home], { env })
  expect(heard[0]?.headers.authorization).toBe('Bearer guild_p_owner')
})

const misreadings = [
  [['task', 'mvoe', 'GH-1'], 'error: There is no command "task mvoe". Did you mean "task move"?'],
  [['tsak', 'move'], 'error: There is no command "tsak". Did you mean "task"?'],
  [['task', 'move', 'GH-1'], /^error: .*--to/],
  [['task', 'move', 'GH-1', '--to', 'nowhere'], /^error: .*doing/],
  [['task', 'move', 'GH-1', '--to', 'done', '--bogus', '1'], /^error: .*--bogus/],
  [['task', 'move', 'GH-1', '--to', 'done', '--version', 'x'], /^error: --version takes a number/],
  [['task', 'move', 'GH-1', '--to', 'done', '--accept', '{'], /^error: --accept takes JSON/],
  [['lease', 'sweep'], /^error: There is no command "lease"/],
] as const

test.each(misreadings)(
  '%j is refused with exit code 2 before anything is sent',
  async (argv, says) => {
    const said = await guildhall(argv)
    expect(said).toMatchObject({ exit: 2, out: '' })
    expect(said.err).toMatch(says)
    expect(heard).toEqual([])
  },
)

test('what cannot be undone asks for --yes where nobody can answer', async () => {
  const asked = await guildhall(['task', 'delete', 'GH-1'])
  expect(asked).toMatchObject({ exit: 2, out: '' })
  expect(asked.err).toContain('--yes')
  expect(heard).toEqual([])
  await guildhall(['task', 'delete', 'GH-1', '--yes'])
  expect(heard[0]).toMatchObject({ method: 'DELETE', url: '/v1/tasks/GH-1' })
})

test('a ledger that does not verify ends with 5', async () => {
  answer = (_, res) => reply(res, 200, { ok: false, firstBad: { pos: 7 } })
  const said = await guildhall(['ledger', 'verify'])
  expect(said.exit).toBe(5)
  expect(said.out).toContain('firstBad: {"pos":7}')
  answer = (_, res) => reply(res, 200, { ok: true })
  expect((await guildhall(['ledger', 'verify', '--json'])).exit).toBe(0)
})

test('help shows sentence, positions and flags, and the root lists the nouns', async () => {
  const verb = await guildhall(['task', 'move', '--help'])
  expect(verb.exit).toBe(0)
  expect(verb.out).toContain('Move a task to another column. It may be refused.')
  expect(verb.out).toMatch(/--to\s+The column it goes to/)
  const root = await guildhall([])
  expect(root.out).toMatch(/^\s+task /m)
  expect(root.out).toMatch(/^\s+connect /m)
})

test('completion proposes verbs and flags, and prints a script for each shell', async () => {
  const verbs = await guildhall(['complete-words', '--', 'task', ''])
  expect(verbs.out.split('\n').map((line) => line.split('\t')[0])).toContain('move')
  const flags = await guildhall(['complete-words', '--', 'task', 'move', '--ur'])
  expect(flags.out).toMatch(/^--urgent\t/)
  for (const shell of ['bash', 'zsh', 'fish', 'pwsh']) {
    expect((await guildhall(['completion', shell])).out).toContain('complete-words')
  }
  expect((await guildhall(['completion', 'tcsh'])).exit).toBe(2)
})

test('start hands its words to the hub unread', async () => {
  expect((await guildhall(['start', '--role', 'worker'])).exit).toBe(2)
})

test('an import sends the rows, and a row that could not be read ends with 1', async () => {
  const problems = [{ level: 'error', line: 3, field: 'status', text: 'no' }]
  answer = (_, res) => reply(res, 200, { created: 2, problems })
  await writeFile(path.join(home, 'rows.jsonl'), '{"id":"bd-1"}\n')
  const argv = ['import', 'beads', 'rows.jsonl', '--project', 'BD', '--dry-run']
  const said = await guildhall(argv)
  expect(said.exit).toBe(1)
  expect(heard[0]).toMatchObject({ method: 'POST', url: '/v1/import/beads' })
  const body = { project: 'BD', dryRun: true, strict: false, text: '{"id":"bd-1"}\n' }
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual(body)
  answer = (_, res) => reply(res, 200, { created: 2, problems: [{ level: 'warning' }] })
  expect((await guildhall(argv)).exit).toBe(0)
  expect((await guildhall(['import', 'beads', 'nothing.jsonl', '--project', 'BD'])).exit).toBe(2)
})

test('a Backlog.md folder is sent file by file, with relative paths', async () => {
  await mkdir(path.join(home, 'backlog', 'tasks'), { recursive: true })
  await writeFile(path.join(home, 'backlog', 'config.yml'), 'statuses: [To Do]')
  await writeFile(path.join(home, 'backlog', 'tasks', 'a - b.md'), '# one')
  await writeFile(path.join(home, 'backlog', 'picture.png'), 'no')
  await guildhall(['import', 'backlog-md', 'backlog', '--project', 'BK', '--strict'])
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
    project: 'BK',
    dryRun: false,
    strict: true,
    files: [
      { path: 'config.yml', text: 'statuses: [To Do]' },
      { path: 'tasks/a - b.md', text: '# one' },
    ],
  })
})

test('export and import of our own format pass the bytes through unchanged', async () => {
  const lines = '{"k":"guildhall","v":1}\n{"k":"task","v":1}\n'
  answer = ({ method }, res) => (method === 'GET' ? void res.end(lines) : reply(res, 200, {}))
  expect((await guildhall(['export'])).out).toBe(lines)
  await guildhall(['export', '--out', 'all.jsonl'])
  expect(await readFile(path.join(home, 'all.jsonl'), 'utf8')).toBe(lines)
  await guildhall(['import', 'guildhall', 'all.jsonl', '--merge'])
  expect(heard.at(-1)).toMatchObject({ url: '/v1/import/guildhall?merge=true', body: lines })
  expect(heard.at(-1)?.headers['content-type']).toBe('application/x-ndjson')
})

test('events are followed as NDJSON and taken up again behind the last one', async () => {
  const stdout = new PassThrough()
  answer = (_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const at = heard.length
    res.write(`: still here\n\nevent: pos\nid: 1-${at}0\ndata: "1-${at}0"\n\n`)
    res.write(`id: 1-${at}2\ndata: [{"pos":${at}1},\ndata: {"pos":${at}2}]\n\n`)
    if (at === 1) res.end(`event: reset\nid: 1-20\ndata: {}\n\n`)
  }
  const interrupts: (() => void)[] = []
  const signals = {
    on: (_: string, listener: () => void) => interrupts.push(listener),
    off: () => undefined,
    exit: () => undefined,
  }
  const argv = ['events', '--follow', '--project', 'GH']
  const running = guildhall(argv, { stdout, signals })
  let seen = ''
  for await (const chunk of stdout) {
    seen += String(chunk)
    if (seen.split('\n').length > 5) break
  }
  interrupts[0]?.()
  expect((await running).exit).toBe(130)
  const lines = seen
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const reset = { reset: true, pos: '1-20' }
  expect(lines).toEqual([{ pos: 11 }, { pos: 12 }, reset, { pos: 21 }, { pos: 22 }])
  expect(heard.map((one) => one.url)).toEqual(['/v1/stream?project=GH', '/v1/stream?project=GH'])
  expect(heard[1]?.headers['last-event-id']).toBe('1-20')
})

test('a second Ctrl-C stops at once', async () => {
  answer = () => undefined
  const exited: number[] = []
  const listeners: (() => void)[] = []
  const signals = {
    on: (_: string, listener: () => void) => listeners.push(listener),
    off: () => undefined,
    exit: (code: number) => exited.push(code),
  }
  const running = guildhall(['task', 'list'], { signals })
  listeners[0]?.()
  listeners[0]?.()
  expect((await running).exit).toBe(130)
  expect(exited).toEqual([130])
})

test('a reader that goes away ends the program with 0', async () => {
  answer = (_, res) => reply(res, 200, { items, next: null })
  const stdout = new Writable({
    write: (_chunk, _encoding, done) =>
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  })
  expect(await guildhall(['task', 'list'], { stdout })).toMatchObject({ exit: 0, err: '' })
})

test('doctor names what is wrong and how to mend it', async () => {
  const healthy = await guildhall(['doctor', '--json'])
  expect(healthy.exit).toBe(0)
  expect(JSON.parse(healthy.out)).toMatchObject({ ok: true })
  const env = { nodeVersion: 'v18.1.0', url: 'http://127.0.0.1:1' }
  const sick = await guildhall(['doctor'], { env })
  expect(sick.exit).toBe(1)
  expect(sick.out).toContain('fail  node: v18.1.0')
  expect(sick.out).toContain('fix: npx guildhall start')
})

test('open swaps the key for an address that signs in once', async () => {
  const link = `${url}/sign-in#tag.id.secret`
  answer = (_, res) => reply(res, 200, { link })
  expect(await guildhall(['open'])).toEqual({ exit: 0, out: `${link}\n`, err: '' })
  expect(heard.at(-1)).toMatchObject({ method: 'POST', url: '/v1/sign-in-links' })
  expect(heard.at(-1)?.headers.authorization).toBe('Bearer guild_a_test')
})
