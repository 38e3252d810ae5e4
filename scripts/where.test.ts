import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nearNames, where } from './where.ts'

const FILES: Readonly<Record<string, string>> = {
  'src/work/contract.ts': `import { event } from '../kernel/event.ts'

export const TaskMoved = event(
  'work.task_moved',
  'taskId',
)
`,
  'src/work/domain/task.ts': `
export const decide = () => {
  throw refuse('conflict', 'work.column_full', 'Full.')
}
`,
  'src/work/application/move-task.ts': `import { TaskMoved } from '../contract.ts'
import { decide } from '../domain/task.ts'

export const moveTask = operation<WorkNeeds>()({
  name: 'work.move_task',
  http: 'POST /tasks/:key/move',
  mcp: 'board move',
  async run({ key }, { tasks, emit }) {
    await tasks.save(decide(key))
    emit(TaskMoved({ key }))
  },
})
`,
  'src/work/application/move-task.test.ts': `
test('the ledger has it', () => expect(names).toEqual(['work.task_moved', 'work.column_full']))
`,
  'src/work/infrastructure/task-store.ts':
    'export const taskStore = ({ sql }) => ({ save: () => sql`update work.task set a = 1` })\n',
  'src/work/infrastructure/migrations/0001_task.sql':
    '-- tenant\ncreate table work.task (a int);\n',
  'src/work/room.ts': `import { moveTask } from './application/move-task.ts'
import { taskStore } from './infrastructure/task-store.ts'

export const workRoom = {
  needs: (ground) => ({ tasks: taskStore(ground) }),
  operations: [moveTask],
}
`,
}

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'where-'))
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const places = (asked: string): string[] =>
  where(root, asked).map(({ kind, file, line }) => `${kind} ${file}:${line}`)

const MOVE = [
  'operation src/work/application/move-task.ts:4',
  'domain src/work/domain/task.ts:1',
  'event src/work/contract.ts:4',
  'store src/work/infrastructure/task-store.ts:1',
  'migration src/work/infrastructure/migrations/0001_task.sql:2',
  'test src/work/application/move-task.test.ts:1',
]

test.each([
  'work.move_task',
  'move_task',
  'board',
  'board move',
  'POST /tasks/:key/move',
  'POST /v1/tasks/GH-12/move',
  '/v1/tasks/GH-12/move',
  'task move',
  'guildhall task move',
])('"%s" leads to everything behind the operation', (asked) => {
  expect(places(asked)).toEqual(MOVE)
})

test('an event leads to its declaration, who emits it, and its tests', () => {
  expect(places('work.task_moved')).toEqual([
    'event src/work/contract.ts:4',
    'emits src/work/application/move-task.ts:10',
    'test src/work/application/move-task.test.ts:2',
  ])
})

test('a refusal code leads to where it is said, and its tests', () => {
  expect(places('work.column_full')).toEqual([
    'refusal src/work/domain/task.ts:3',
    'test src/work/application/move-task.test.ts:2',
  ])
})

test('a name that nobody has is answered with those that are near', () => {
  expect(places('GET /tasks/:key/move')).toEqual([])
  expect(nearNames(root, 'column')).toEqual(['work.column_full'])
})
