import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { readLockFile } from '../src/platform/postgres/processes.ts'
import type { TestHub } from '../test/hub.ts'

/** Connects to the embedded database of a running hub as the owner of its data. */
export const openAdmin = async (home: string): Promise<pg.Client> => {
  const root = join(home, 'postgres')
  const data = (await readdir(root)).find((name) => /^data-\d+$/.test(name))
  const lock = data === undefined ? undefined : await readLockFile(join(root, data))
  if (!lock) throw new Error('No database runs on this home.')
  const client = new pg.Client({
    host: lock.socketDir,
    port: 5432,
    user: 'guildhall',
    database: 'guildhall',
    password: () => '',
  })
  await client.connect()
  return client
}

const Made = z.object({ key: z.string() })

/** Makes agents in a project; gives their keys. */
export const makeAgents = async (
  hub: TestHub,
  project: string,
  count: number,
): Promise<readonly string[]> => {
  const keys: string[] = []
  for (let number = 1; number <= count; number++) {
    const body = { name: `bench-${project.toLowerCase()}-${number}`, projects: [project] }
    const made = await hub.api('POST', '/v1/agents', body)
    if (made.status !== 200) throw new Error(JSON.stringify(made.body))
    keys.push(Made.parse(made.body).key)
  }
  return keys
}

/** Makes a project; the tasks of a bench are put into it with one statement. */
export const makeProject = async (hub: TestHub, key: string): Promise<void> => {
  const made = await hub.api('POST', '/v1/projects', { key, name: `Bench ${key}` })
  if (made.status !== 200) throw new Error(JSON.stringify(made.body))
}

/**
 * Puts tasks into a project by SQL: thousands of saves would take longer than the bench. The
 * second half of them may each wait for one of the first; counters are set as saves would.
 */
export const seedTasks = async (
  hub: TestHub,
  project: string,
  { tasks, blocked = 0 }: Readonly<{ tasks: number; blocked?: number }>,
): Promise<void> => {
  const admin = await openAdmin(hub.home)
  try {
    await admin.query('begin')
    await admin.query(
      `insert into work.task (org_id, id, project_id, branch_id, number, type, title, body,
                              column_id, category, priority, rank, open_blockers, labels, version,
                              created_at, updated_at)
       select p.org_id, uuidv7(), p.id, b.id, n,
              (array['task', 'bug', 'story'])[1 + n % 3],
              'Task ' || n || ' of a backlog that somebody really has', repeat('Body text. ', 30),
              c.id, 'unstarted', 1 + n % 5, 'a' || lpad(to_hex(n), 8, '0'),
              case when n > $2::int - $3::int then 1 else 0 end, array['bench'], 1, now(), now()
         from generate_series(1, $2::int) n, work.project p
         join work.branch b on b.org_id = p.org_id and b.project_id = p.id
         join work.board_column c on c.org_id = p.org_id and c.project_id = p.id
                                 and c.name = 'Todo'
        where p.key = $1`,
      [project, tasks, blocked],
    )
    await admin.query(
      `insert into work.dependency (org_id, task_id, kind, to_id, created_at)
       select t.org_id, t.id, 'blocks', o.id, now()
         from work.task t
         join work.project p on p.org_id = t.org_id and p.id = t.project_id and p.key = $1
         join work.task o on o.org_id = t.org_id and o.project_id = t.project_id
                         and o.number = t.number - ($2::int - $3::int)
        where t.number > $2::int - $3::int`,
      [project, tasks, blocked],
    )
    await admin.query('update work.project set next_number = $2 where key = $1', [
      project,
      tasks + 1,
    ])
    await admin.query('commit')
    await admin.query('vacuum (analyze) work.task')
    await admin.query('analyze work.dependency')
  } finally {
    await admin.end()
  }
}

/** Measures how many one-row inserts per second the server commits at a concurrency. */
export const bareInserts = async (
  home: string,
  { clients, seconds }: Readonly<{ clients: number; seconds: number }>,
): Promise<Readonly<{ perSecond: number; times: readonly number[] }>> => {
  const open = await Promise.all(Array.from({ length: clients }, () => openAdmin(home)))
  const times: number[] = []
  try {
    await open[0]?.query(
      'create table if not exists public.bare (id bigint generated always as identity, body text)',
    )
    const begun = performance.now()
    const until = begun + seconds * 1000
    const drive = async (client: pg.Client) => {
      for (let now = performance.now(); now < until; ) {
        await client.query('insert into public.bare (body) values ($1)', ['x'.repeat(100)])
        const then = performance.now()
        times.push(then - now)
        now = then
      }
    }
    await Promise.all(open.map(drive))
    return { perSecond: (times.length * 1000) / (performance.now() - begun), times }
  } finally {
    await Promise.all(open.map((client) => client.end()))
  }
}
