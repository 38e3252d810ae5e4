import { randomUUID } from 'node:crypto'

// Writes a project with a past of its own as the export of another hub would: what a hub reads
// that way has happened when the file says so. Days are counted from now, the past below zero.

const DAY_MS = 86_400_000
const POINT = 100

/** A task and the days on which something happened to it. */
export type PastTask = Readonly<{
  title: string
  points?: number
  /** When it was made; it waits in the queue from then on, or in the backlog. */
  made: number
  backlog?: boolean
  started?: number
  done?: number
  canceled?: number
  /** The sprints that it came into, each with the day; `null` is none. */
  sprints?: readonly (readonly [number: number | null, day: number])[]
}>

/** A sprint; `closed` is missing while it runs. */
export type PastSprint = Readonly<{ goal: string; started: number; ends: number; closed?: number }>

/** A project as its past is told. */
export type PastProject = Readonly<{
  key: string
  name: string
  sprints: readonly PastSprint[]
  tasks: readonly PastTask[]
}>

const COLUMNS = [
  ['Backlog', 'backlog'],
  ['Todo', 'unstarted'],
  ['In progress', 'started'],
  ['Done', 'completed'],
  ['Canceled', 'canceled'],
] as const

type Category = (typeof COLUMNS)[number][1]

/** Writes a project as the lines of an export. */
export const pastProject = ({ key, name, sprints, tasks }: PastProject, now: number): string => {
  const [project, branch] = [randomUUID(), randomUUID()]
  const at = (day: number): string => new Date(now + day * DAY_MS).toISOString()
  const first = at(Math.min(...tasks.map(({ made }) => made), 0))
  const about = { createdAt: first, archivedAt: null, version: 1 }
  const columns = COLUMNS.map(([title, category], position) => ({
    ...{ k: 'column', id: randomUUID(), project, name: title, category, position },
    ...{ role: null, limit: null, hard: false },
  }))
  const columnOf = (category: Category) => columns.find((one) => one.category === category)?.id
  const written = sprints.map(({ goal, started, ends, closed }, index) => ({
    ...{ k: 'sprint', id: randomUUID(), project, number: index + 1, goal, version: 1 },
    ...{ startsOn: at(started).slice(0, 10), endsOn: at(ends).slice(0, 10) },
    ...{ state: closed === undefined ? 'active' : 'closed', createdAt: first },
    ...{ startedAt: at(started), closedAt: closed === undefined ? null : at(closed) },
  }))
  const lines = tasks.flatMap((task, index) => {
    const id = randomUUID()
    const turns = turnsOf(task)
    const sprint = task.sprints?.at(-1)?.[0] ?? null
    const end = task.done ?? task.canceled
    return [
      {
        ...{ k: 'task', id, project, branch, number: index + 1, parent: null, type: 'task' },
        ...{ title: task.title, body: '', column: columnOf(categoryOf(task)), priority: 5 },
        ...{ rank: rankAt(index), estimate: estimateOf(task), assignee: null, delegate: null },
        ...{ skills: [], labels: [], sprint: written[(sprint ?? 0) - 1]?.id ?? null },
        ...{ objective: null, accept: [], due: null, holdUntil: null, blocked: null },
        ...{ progress: task.done === undefined ? 0 : 100, attempts: 0, failures: 0, fence: 0 },
        ...{ version: turns.length, createdBy: null, createdAt: at(task.made) },
        ...{ updatedAt: at(turns.at(-1)?.day ?? task.made), archivedAt: null },
        startedAt: task.started === undefined ? null : at(task.started),
        completedAt: end === undefined ? null : at(end),
      },
      ...turns.flatMap(({ day, facts }, version) =>
        facts.map(([kind, value], step) => ({
          ...{ k: 'history', task: id, version: version + 1, step, at: at(day), kind, value },
          by: null,
        })),
      ),
    ]
  })
  return [
    { k: 'guildhall' },
    {
      ...{ k: 'project', id: project, key, keys: [key], name, settings: {}, wipLimit: null },
      ...{ ...about, nextNumber: tasks.length + 1 },
    },
    ...columns,
    { k: 'branch', id: branch, project, name: 'main', agents: [], ...about },
    ...written,
    ...lines.filter(({ k }) => k === 'task'),
    ...lines.filter(({ k }) => k === 'history'),
  ]
    .map((line) => `${JSON.stringify({ ...line, v: 1 })}\n`)
    .join('')
}

type Fact = readonly [kind: string, value: string | null]
type Turn = Readonly<{ day: number; facts: readonly Fact[] }>

/** Tells what happened to a task, in order. */
const turnsOf = (task: PastTask): readonly Turn[] => {
  const { made, backlog = false, started, done, canceled, sprints = [] } = task
  const estimate = estimateOf(task)
  const first: Turn = {
    day: made,
    facts: [
      ...(estimate === null ? [] : [['estimate', String(estimate)] as const]),
      ['category', backlog ? 'backlog' : 'unstarted'],
    ],
  }
  const turn = (day: number | undefined, category: Category): readonly Turn[] =>
    day === undefined ? [] : [{ day, facts: [['category', category]] }]
  const later = [
    ...sprints.map(([number, day]): Turn => {
      return { day, facts: [['sprint', number === null ? null : String(number)]] }
    }),
    ...turn(started, 'started'),
    ...turn(done, 'completed'),
    ...turn(canceled, 'canceled'),
  ]
  return [first, ...later.sort((a, b) => a.day - b.day)]
}

const estimateOf = ({ points }: PastTask): number | null =>
  points === undefined ? null : points * POINT

const categoryOf = ({ backlog, started, done, canceled }: PastTask): Category => {
  if (canceled !== undefined) return 'canceled'
  if (done !== undefined) return 'completed'
  if (started !== undefined) return 'started'
  return backlog === true ? 'backlog' : 'unstarted'
}

// Seven letters, the last of which is never a nought, as the board writes them.
const rankAt = (index: number): string =>
  `V000${(2 * index + 1).toString(36).toUpperCase().padStart(3, '0')}`
