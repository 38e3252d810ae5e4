import type { Call } from './call.ts'

const DAY_MS = 86_400_000

const dayFrom = (days: number): string =>
  new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

const LONG =
  'A title that goes on for so long that no line of a backlog could ever hold it, not even on ' +
  'the widest of all screens, and that has to be cut somewhere without taking its number along'

const DONE = ['Charts of the old quay', 'Ask the pilots', 'Dredge the channel', 'Count the boats']

const RUNNING = [
  { title: 'Lamps along the quay', points: 3, labels: ['light'], priority: 'high' },
  { title: 'Bollards that hold a ferry', points: 5, assignee: 'owner' },
  { title: 'Stairs down to the water', points: 2, labels: ['stone', 'access'] },
  { title: 'A crane that lifts ten tonnes', points: 8, priority: 'urgent' },
  { title: 'Paint the lines of the berths', points: 1 },
  { title: 'Radio on the harbour office' },
]

const PLANNED = [
  { ref: 'ferry', title: 'Ferry to the island, twice a day', points: 13, priority: 'high' },
  { title: 'Waiting room with a stove', points: 5, depends_on: ['ferry'], labels: ['people'] },
  { title: 'Timetable on the wall', points: 1, depends_on: ['ferry'] },
  { title: 'Tickets that a machine can read', points: 8, labels: ['money'] },
]

const LATER = [
  { title: 'Buoys that light up by themselves', points: 5, labels: ['light'] },
  { title: LONG, points: 3, labels: ['copy', 'later', 'someday'] },
  { title: 'رصيف جديد لسفن الصيد', labels: ['i18n'] },
  { title: 'Flags 🚩 for every 🛳️ of the line', priority: 'low' },
  { title: 'A second breakwater', type: 'epic', points: 21 },
  { title: 'Ice for the fishing boats', points: 3, priority: 'medium' },
  { title: 'Shore power at berth two', points: 8 },
  { title: 'Insurance of the crane', priority: 'high' },
  { title: 'Fence around the fuel', points: 2 },
  { title: 'Signs in three languages', points: 2, labels: ['copy'] },
]

const TRIAGE = ['Somebody saw a whale', 'The clock is four minutes late', 'Who owns the red boat?']

const titled = (titles: readonly string[], more: object = {}) =>
  titles.map((title) => ({ title, ...more }))

/** Makes a project whose sprints are over, running and planned. */
export const plans = async (v1: Call): Promise<void> => {
  const project = 'PORT'
  const sprint = (data: object) => v1(`POST /projects/${project}/sprints`, { data })
  const save = (items: readonly object[]) => v1('POST /tasks', { project, items })
  await v1('POST /projects', { key: project, name: 'The new harbour' })
  await sprint({ goal: 'Know the water', starts_on: dayFrom(-21), ends_on: dayFrom(-8) })
  await sprint({ goal: 'One ship can moor', starts_on: dayFrom(-7), ends_on: dayFrom(6) })
  await sprint({ goal: 'People can get on board', starts_on: dayFrom(7), ends_on: dayFrom(20) })
  await save(titled(DONE, { points: 4, sprint: 1, status: 'Todo' }))
  await v1(`POST /projects/${project}/sprints/1/start`, {})
  for (const number of [1, 2, 3]) {
    await v1(`POST /tasks/${project}-${number}/move`, { to: 'Done' })
  }
  const data = { move: 'next' }
  await v1(`POST /projects/${project}/sprints/1/close`, { data })
  await save(RUNNING.map((task) => ({ status: 'Todo', ...task, sprint: 2 })))
  await v1(`POST /projects/${project}/sprints/2/start`, {})
  await save(PLANNED.map((task) => ({ status: 'Backlog', ...task, sprint: 3 })))
  await save(LATER.map((task) => ({ status: 'Backlog', ...task })))
  await save(titled(TRIAGE, { status: 'Triage' }))
  await standing(v1, project)
}

// What runs, what is done, what came late, and what waits for which reason.
const standing = async (v1: Call, project: string): Promise<void> => {
  await v1(`POST /tasks/${project}-5/move`, { to: 'Done' })
  await v1(`POST /tasks/${project}-6/move`, { to: 'In progress' })
  const late = [{ title: 'A bell for fog', points: 2, sprint: 2, status: 'Todo' }]
  await v1('POST /tasks', { project, items: late })
  await v1(`PATCH /tasks/${project}-8`, { blocked: 'The maker has no steel before Monday' })
  await v1(`POST /tasks/${project}-9/dependencies`, { to: `${project}-7` })
  await v1(`PATCH /tasks/${project}-10`, { skills: ['+radio'] })
}
