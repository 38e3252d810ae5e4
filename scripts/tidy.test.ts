import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bodiesOf } from './tidy/functions.ts'
import { scan } from './tidy/scan.ts'
import { tidy } from './tidy.ts'

type Files = Readonly<Record<string, string>>

const DOC = '/** Says what it is for. */\n'
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')

// A small house in which nothing is wrong, with the things that look wrong and are not.
const CLEAN: Files = {
  'package.json': [
    '{',
    '  "dependencies": {',
    '    "pg": "8.23.1",',
    '    "zod": "4.6.7"',
    '  },',
    '  "devDependencies": {',
    '    "vitest": "5.1.1"',
    '  }',
    '}',
  ].join('\n'),
  'docs/dependencies.md': [
    '## Runtime',
    '',
    '| `pg` | The driver. |',
    '| `zod` | Shapes. |',
    '',
    '## Tools',
    '',
    '| `vitest` | Tests. |',
    '',
  ].join('\n'),
  'src/kernel/refusal.ts': `${DOC}export const refuse = (code: string): Error => new Error(code)\n`,
  'src/work/domain/task.ts': `import { refuse } from '../../kernel/refusal.ts'

/** Lists the columns. */
export const COLUMNS = ['backlog', 'doing'] as const
export type Column = (typeof COLUMNS)[number]

/** Decides; a sentence such as "any x as y!" is no code. */
export function decide(to: Column): { readonly [Key in Column as \`to_\${Key}\`]?: Column } {
  // Merge into one, then return (see W1).
  if (to !== 'doing' && !/["'\`]!/.test(to)) throw refuse('work.move_not_allowed')
  return { to_doing: to }
}
`,
  'src/work/contract.ts': `import { z } from 'zod'
import { event } from '../kernel/event.ts'
import { COLUMNS } from './domain/task.ts'

/** Names a column. */
export const Column = z.enum(COLUMNS)

/** Tells that a task changed its column. */
export const TaskMoved = event('work.task_moved', 'taskId', z.object({ to: Column }))
`,
  'src/kernel/event.ts': `import type { z } from 'zod'

/** Declares an event. */
export const event = (name: string, subject: string, shape: z.ZodType): object =>
  ({ name, subject, shape })
`,
  'src/work/application/move-task.ts': `import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { decide } from '../domain/task.ts'

export const moveTask = operation<object>()({
  name: 'work.move_task',
  about: 'Move a task.',
  input: z.strictObject({}),
  access: 'task:write',
  http: 'POST /tasks/:key/move',
  mcp: 'sprint start',
  run: () => decide('doing'),
})
`,
  'src/kernel/operation.ts': `${DOC}export const operation =
  <Needs>() =>
  (declared: object): object & { needs?: Needs } => declared
`,
  'src/work/infrastructure/task-store.ts': `import pg from 'pg'
import { decide } from '../domain/task.ts'

/** Makes the store. */
export const taskStore = (sql: (text: TemplateStringsArray, ...holes: unknown[]) => unknown) => ({
  save: (id: string) => sql\`
    update work.task
       set board_column = \${id}, note = \${decide('doing').to_doing ?? ''}
     where org_id = \${id}
    returning id\`,
  local: () => sql\`set local lock_timeout = 100\`,
  pool: pg.Pool,
})
`,
  'src/work/infrastructure/migrations/0001_task.sql': `-- work.task is a tenant table.
create table work.task (org_id uuid not null, id uuid not null, primary key (org_id, id));
create table work.note (org_id uuid, id uuid, foreign key (org_id, id) references work.task);
`,
  'src/work/application/move-task.test.ts': `import { expect, test } from 'vitest'
import { moveTask } from './move-task.ts'

test('a move is described', () => expect(moveTask).toBeDefined())
`,
}

const PAGE = CLEAN['docs/dependencies.md'] ?? ''
const made: string[] = []
afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true, force: true })
})

const house = (files: Files): string => {
  const root = mkdtempSync(join(tmpdir(), 'tidy-'))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const breachesOf = (files: Files): string[] =>
  tidy(house({ ...CLEAN, ...files }), []).map(({ rule, file, line }) => `${rule} ${file}:${line}`)

test('a house in which nothing is wrong passes', () => {
  expect(tidy(house(CLEAN), [])).toEqual([])
})

test('a check that sees no source files fails', () => {
  const [breach, ...more] = tidy(house({ 'README.md': 'Hello.\n' }), [])
  expect(breach).toMatchObject({ rule: 'no-files', file: 'src', line: 1 })
  expect(more).toEqual([])
})

const exported = (name: string, value = '1'): string => `${DOC}export const ${name} = ${value}\n`
const domain = (line: string): Files => ({ 'src/work/domain/board.ts': `${line}\n` })
const inDomain = (rule: string, line: string, at = 1): [string, Files, string] => [
  `${rule}: ${line.split('\n').at(-1)}`,
  domain(line),
  `${rule} src/work/domain/board.ts:${at}`,
]
const imports = (from: string, spec: string): [string, Files, string] => [
  `import: ${from} imports ${spec}`,
  { [from]: `\nimport '${spec}'\n` },
  `import ${from}:2`,
]
const inStore = (statement: string): [string, Files, string] => [
  `sql: ${statement}`,
  { 'src/work/infrastructure/note-store.ts': `const x = sql\`\n  ${statement}\`\n` },
  'sql src/work/infrastructure/note-store.ts:2',
]
const inMigration = (statement: string): [string, Files, string] => [
  `sql: ${statement}`,
  { 'src/work/infrastructure/migrations/0002_note.sql': `-- tenant\n${statement};\n` },
  'sql src/work/infrastructure/migrations/0002_note.sql:2',
]
const inContract = (line: string): [string, Files, string] => [
  `name: ${line}`,
  { 'src/context/contract.ts': `\n${line}\n` },
  'name src/context/contract.ts:2',
]
const operationWith = (field: string): [string, Files, string] => [
  `name: ${field}`,
  { 'src/context/application/x.ts': `const x = operation<N>()({\n  ${field},\n})\n` },
  'name src/context/application/x.ts:2',
]

const PLANTED: readonly (readonly [string, Files, string])[] = [
  imports('src/work/domain/board.ts', '../application/move-task.ts'),
  imports('src/work/domain/board.ts', 'zod'),
  imports('src/work/domain/board.ts', 'node:crypto'),
  imports('src/work/domain/board.ts', '../contract.ts'),
  imports('src/context/contract.ts', '../work/domain/task.ts'),
  imports('src/work/application/plan.ts', '../infrastructure/task-store.ts'),
  imports('src/work/application/plan.ts', 'pg'),
  imports('src/work/application/plan.ts', 'node:fs'),
  imports('src/work/application/plan.ts', '../../platform/sql.ts'),
  imports('src/work/infrastructure/note-store.ts', '../interface/upload.ts'),
  imports('src/work/infrastructure/note-store.ts', '../../context/domain/merge.ts'),
  imports('src/work/infrastructure/note-store.ts', 'left-pad'),
  imports('src/work/infrastructure/note-store.ts', 'fs'),
  imports('src/work/interface/upload.ts', '../infrastructure/task-store.ts'),
  imports('src/work/room.ts', './domain/task.ts'),
  imports('src/work/room.ts', 'zod'),
  imports('src/kernel/page.ts', 'zod'),
  imports('src/kernel/page.ts', '../platform/sql.ts'),
  imports('src/platform/sql.ts', '../work/contract.ts'),
  imports('src/interface/http/routes.ts', '../../platform/sql.ts'),
  imports('src/main/serve.ts', '../work/application/move-task.ts'),
  imports('src/platform/sql.ts', '../main/compose.ts'),
  imports('src/platform/sql.ts', '../../test/server.ts'),
  imports('web/src/main.ts', '../../src/work/domain/task.ts'),
  [
    'import: a dynamic one',
    domain("\nconst x = import('zod')"),
    'import src/work/domain/board.ts:2',
  ],
  ['import: a type', domain("type X = import('zod').X"), 'import src/work/domain/board.ts:1'],
  inDomain('ending', "import './task'"),
  inDomain('ending', "import './task.js'"),
  inDomain('alias', "import '@/task.ts'"),
  [
    'cycle: of types',
    {
      'src/work/domain/a.ts': "import type { B } from './b.ts'\n",
      'src/work/domain/b.ts': "\nimport type { A } from './a.ts'\n",
    },
    'cycle src/work/domain/b.ts:2',
  ],
  inDomain('barrel', "export { decide } from './task.ts'"),
  inDomain('barrel', "import { decide } from './task.ts'\nexport { decide }"),
  inDomain('barrel', "\nexport * from './task.ts'\nconst x = 1", 2),
  inDomain('default-export', '\nexport default 1', 2),
  ['place: a room nobody knows', { 'src/shop/domain/a.ts': '' }, 'place src/shop/domain/a.ts:1'],
  ['place: beside the layers', { 'src/work/board.ts': '' }, 'place src/work/board.ts:1'],
  inDomain(
    'file-length',
    many(301, () => 'x()'),
    301,
  ),
  [
    'file-length: a test',
    { 'src/work/domain/a.test.ts': many(501, () => 'x()') },
    'file-length src/work/domain/a.test.ts:501',
  ],
  inDomain('line-length', `\nconst x = '${'x'.repeat(100)}'`, 2),
  inDomain('function-length', `\nfunction f(): void {\n${many(70, () => '  x()')}\n}`, 2),
  [
    'folder: 31 files',
    Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`src/platform/jobs/a${i}.ts`, ''])),
    'folder src/platform/jobs:1',
  ],
  [
    'folder: 121 files in a layer',
    Object.fromEntries(Array.from({ length: 121 }, (_, i) => [`src/work/domain/a${i}.ts`, ''])),
    'folder src/work/domain:1',
  ],
  ['depth', { 'src/work/domain/board/column.ts': '' }, 'depth src/work/domain/board/column.ts:1'],
  [
    'kernel',
    Object.fromEntries(
      Array.from({ length: 4 }, (_, i) => [`src/kernel/a${i}.ts`, many(260, () => 'x()')]),
    ),
    'kernel src/kernel:1',
  ],
  inDomain('any', 'const x: any = 1'),
  inDomain('any', 'const x: Map<string, any> = y'),
  inDomain('non-null', 'const x = y!.z'),
  inDomain('cast', 'const x = y as Z'),
  inDomain('cast', 'const x = (await y()) as unknown'),
  inDomain('enum', 'enum X {}'),
  inDomain('namespace', 'namespace X {}'),
  inDomain(
    'parameter-property',
    'const X = f(class extends Error { constructor(readonly a: A) {} })',
  ),
  inDomain('environment', 'const x = process.env'),
  inDomain('console', 'console.log(1)'),
  inDomain('machine', 'const x = Date.now()'),
  inDomain('machine', 'const x = new Date()'),
  inDomain('machine', 'const x = Math.random()'),
  inDomain('machine', 'const x = crypto.randomUUID()'),
  inDomain('class', 'class Task {}'),
  inDomain('docstring', 'export const x = 1'),
  inDomain('docstring', `${exported('a').trim()}\n\nexport type B = 1`, 4),
  inDomain('docstring', `${exported('a').trim()}\nexport const f = () => 1`, 3),
  inDomain('dead-comment', '// const x = 1'),
  inDomain('dead-comment', '\n/*\n  if (x) {\n*/', 3),
  inDomain('dead-comment', '// task.move(to)'),
  inDomain('todo', '// TODO: make this better'),
  inDomain('todo', '// FIXME when there is time'),
  [
    'file-name: empty',
    { 'src/work/domain/task-utils.ts': '' },
    'file-name src/work/domain/task-utils.ts:1',
  ],
  ['file-name: folder', { 'web/src/common/a.ts': '' }, 'file-name web/src/common/a.ts:1'],
  [
    'file-name: kebab',
    { 'src/work/domain/taskList.ts': '' },
    'file-name src/work/domain/taskList.ts:1',
  ],
  [
    'file-name: a migration',
    { 'src/work/infrastructure/migrations/note.sql': '' },
    'file-name src/work/infrastructure/migrations/note.sql:1',
  ],
  inContract("const x = event('context.node_change', 'id', z)"),
  inContract("const x = event('work.node_changed', 'id', z)"),
  inContract("throw refuse('conflict', 'work.node_is_full', f(1, 2))"),
  inContract("throw refuse('conflict', 'Full')"),
  operationWith("name: 'work.move_task'"),
  operationWith("name: 'context.move'"),
  operationWith("http: 'POST tasks'"),
  operationWith("access: 'Write tasks'"),
  operationWith("mcp: 'taskFind'"),
  inStore('merge into work.task using x on true'),
  inStore('set search_path = work'),
  inStore('notify work'),
  inStore("select pg_notify('a', 'b')"),
  inStore('select * from work.task'),
  inStore('SELECT id FROM work.task'),
  ['sql: outside a store', domain('const x = sql`select 1`'), 'sql src/work/domain/board.ts:1'],
  inMigration('create trigger x before insert on work.task execute function f()'),
  inMigration('create table work.a (org_id uuid, id bigserial)'),
  inMigration('create table work.a (id int generated always as identity)'),
  inMigration('create table work.a (org_id uuid, id uuid references identity.principal)'),
  inMigration('merge into work.task using x on true'),
  [
    'sql: a table without its class',
    { 'src/work/infrastructure/migrations/0002_note.sql': 'create table work.a (org_id uuid);\n' },
    'sql src/work/infrastructure/migrations/0002_note.sql:1',
  ],
  [
    'sql: a number taken twice',
    { 'src/work/infrastructure/migrations/0001_zone.sql': '-- empty\n' },
    'sql src/work/infrastructure/migrations/0001_zone.sql:1',
  ],
  [
    'machine-path',
    { 'docs/start.md': `\nOpen ${['', 'home', 'zoe', 'hall'].join('/')}.\n` },
    'machine-path docs/start.md:2',
  ],
  [
    'pin: a range',
    { 'package.json': (CLEAN['package.json'] ?? '').replace('"4.6.7"', '"^4.6.7"') },
    'pin package.json:4',
  ],
  [
    'page: a package without a line',
    {
      'package.json': (CLEAN['package.json'] ?? '').replace(
        '"pg": "8.23.1",',
        '"pg": "8.23.1", "ws": "8.0.0",',
      ),
    },
    'page docs/dependencies.md:1',
  ],
  [
    'page: a line without a package',
    {
      'docs/dependencies.md': `\n${PAGE}| \`ws\` | Sockets. |\n`,
    },
    'page docs/dependencies.md:10',
  ],
  [
    'packages: too many',
    {
      'package.json': `{\n  "dependencies": {\n${many(31, (i) => `    "p${i}": "1.0.0"`)}\n  }\n}`,
      'docs/dependencies.md': `## Runtime\n${many(31, (i) => `| \`p${i}\` | Why. |`)}\n`,
    },
    'packages package.json:1',
  ],
]

test.each(PLANTED)('%s is reported at its place', (_, files, expected) => {
  expect(breachesOf(files)).toContain(expected)
})

test('an exception holds for its files only, and one that is not needed is a breach', () => {
  const root = house({
    ...CLEAN,
    'src/kernel/page.ts': 'const x = y as Z\n',
    ...domain('f(y as Z)'),
  })
  const allowed = (files: string) => ({ rule: 'cast', files, why: 'Because.' })
  const found = tidy(root, [allowed('src/kernel/page.ts'), allowed('src/kernel/gone.ts')])
  expect(found.map(({ rule, file }) => `${rule} ${file}`)).toEqual([
    'allow src/kernel/gone.ts',
    'cast src/work/domain/board.ts',
  ])
})

test('the linter sees types: it reports a promise that nobody awaits', () => {
  const root = house({
    'tsconfig.json': '{ "compilerOptions": { "strict": true, "target": "es2024" } }',
    'a.ts': 'const later = async (): Promise<number> => 1\nlater()\n',
  })
  const bin = join(import.meta.dirname, '../node_modules/.bin/oxlint')
  const rules = join(import.meta.dirname, '../.oxlintrc.json')
  const args = ['--format=unix', '-c', rules, 'a.ts']
  const { status, stdout } = spawnSync(bin, args, { cwd: root, encoding: 'utf8' })
  expect(stdout).toMatch(/a\.ts:2:1: .*no-floating-promises/)
  expect(status).toBe(1)
})

test('code inside the hole of a template is code, and the rest of it is not', () => {
  const { code } = scan('a.ts', 'const a = `as X ${b as C} }`; f(/"/, a / b, "x")')
  expect(code).toContain('b as C')
  expect(code).not.toContain('as X')
  expect(code).toContain('a / b')
})

test('functions are found in every form, and controls and object types are not functions', () => {
  const text = `
export const store = ({ sql }: Ground): Store => ({
  async get(id: string): Promise<{ id: string } | null> {
    if (id) {
      while (sql) {}
    }
    return null
  },
  save: async <T>(task: T): Promise<void> => {
    run(() => {})
  },
})
function* walk(at: number): Generator<string> {}
type Shape = { a: string; f(x: number): { b: string } }
`
  const names = bodiesOf(scan('a.ts', text)).map(({ name, lines }) => `${name} ${lines}`)
  expect(names).toEqual(['get 6', 'save 3', 'a callback 1', 'walk 1'])
})

test('lines of named functions inside count for those alone', () => {
  const inner = `  const inner = () => {\n${many(60, () => '    x()')}\n  }\n`
  const outer = `function outer() {\n${inner}${many(60, () => '  x()')}\n}\n`
  const lines = bodiesOf(scan('a.ts', outer)).map((body) => body.lines)
  expect(lines).toEqual([62, 62])
})
