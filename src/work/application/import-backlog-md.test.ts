import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bench, sharedData } from '../../../test/bench.ts'

const task = (id: string, fields: string, body = '') => ({
  path: `backlog/tasks/${id}.md`,
  text: `---\nid: ${id}\ntitle: Title of ${id}\nstatus: To Do\n${fields}---\n${body}`,
})
const config = {
  path: 'backlog/config.yml',
  text: 'project_name: "P"\nstatuses: ["To Do", "In Progress", "Done"]\ntask_prefix: "task"\n',
}

const shared = (): { path: string; text: string }[] | null => {
  if (sharedData('backlog-md/backlog/config.yml') === null) return null
  const root = join(import.meta.dirname, '../../../../shared/data/backlog-md')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(md|ya?ml)$/i.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

test('a folder becomes a project with its statuses as columns', async () => {
  const { run, verify } = await bench()
  const files = [
    config,
    task('task-1', 'assignee: [owner]\npriority: high\n', '## Acceptance Criteria\n- [ ] #1 It is'),
    task('task-2', 'dependencies: [task-1]\n'),
  ]
  const answer = await run('work.import_backlog_md', { project: 'BL', files, name: 'Board' })
  expect(answer).toMatchObject({ created: 2, counts: { ready: 1, accept: 1, errors: 0 } })
  expect(await run('work.import_backlog_md', { project: 'BL', files })).toMatchObject({
    created: 0,
    changed: 0,
    unchanged: 2,
  })
  expect(await verify()).toMatchObject({ ok: true })
})

test('a file that cannot be read is named, and the others go in', async () => {
  const { run } = await bench()
  const broken = { path: 'backlog/tasks/task-9.md', text: '---\nid: [task-9\n---\n' }
  const answer = await run('work.import_backlog_md', {
    project: 'BL',
    files: [config, task('task-1', ''), broken],
  })
  expect(answer).toMatchObject({ created: 1, counts: { errors: 1 } })
  expect(answer.problems).toMatchObject([{ level: 'error', file: 'backlog/tasks/task-9.md' }])
})

test('the public backlog of Backlog.md comes in whole', async () => {
  const files = shared()
  if (files === null) return
  const { run, ledger, verify, orgId, database } = await bench()
  const answer = await run('work.import_backlog_md', { project: 'BL', files })
  expect(answer.counts).toMatchObject({
    tasks: 613,
    parents: 116,
    edges: { blocks: 84 },
    queued: 37,
    ready: 33,
  })
  const [found] = await database.read(orgId)<{ ready: number }>`
    select count(*) filter (where ready)::integer as ready from work.task where org_id = ${orgId}`
  expect(found).toEqual({ ready: 33 })
  const events = await ledger()
  expect(await run('work.import_backlog_md', { project: 'BL', files })).toMatchObject({
    created: 0,
    changed: 0,
    unchanged: 613,
  })
  expect(await ledger()).toHaveLength(events.length)
  expect(await verify()).toMatchObject({ ok: true })
}, 60_000)
