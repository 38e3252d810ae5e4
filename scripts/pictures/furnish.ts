import { z } from 'zod'
import type { TestHub } from '../../test/hub.ts'
import { importBacklog } from '../demo/setting.ts'
import { type Call, callOn } from './call.ts'
import { furnishContext } from './furnish-context.ts'
import { plans } from './plans.ts'
import { furnishTower } from './tower.ts'

/** Where the views find what they show. */
export type Furnished = Readonly<{
  project: string
  small: string
  bare: string
  held: string
  mine: string
  rich: string
  waiting: string
}>

const Keyed = z.object({ key: z.string() })
const Claimed = z.object({ lease: z.string() })

const BODY = `The list view loads every row before it draws the first one.

## What to do

1. Read pages of 100 rows with \`cursor\`
2. Draw while the next page is on its way
3. Measure again, see GH-2

\`\`\`ts
const page = await api.read('/tasks?limit=100')
\`\`\`

| Rows | Before | Wanted |
| --- | --- | --- |
| 1,000 | 340 ms | 80 ms |
| 10,000 | 3.1 s | 120 ms |

> Nobody scrolls to row 9,000, but everybody waits for it.`

const LONG =
  'A title that goes on and on because whoever wrote it had no time to make it shorter, so that ' +
  'cards have to cut it after two lines without hiding what it is about'

const DETAILS = {
  priority: 'high',
  points: 5,
  labels: ['performance', 'web'],
  accept: ['The first rows are there within 120 ms', 'A test with 10,000 rows', 'No flicker'],
}

const TASKS = [
  {
    ref: 'list',
    title: 'List view draws before all rows are there',
    body: BODY,
    type: 'bug',
    ...DETAILS,
  },
  { ref: 'page', title: 'Pages of one hundred rows on the server', status: 'Done' },
  { ref: 'sign', title: 'Sign-in with a second factor', priority: 'urgent', depends_on: ['list'] },
  { ref: 'long', title: LONG, labels: ['copy', 'later', 'someday'], points: 13 },
  { title: 'هذه مهمة مكتوبة من اليمين إلى اليسار', labels: ['i18n'] },
  { title: 'Emoji 🏛️ in titles stay whole 👩‍💻', priority: 'low' },
  { title: 'Export of the month as a table', priority: 'medium', assignee: 'owner' },
  { title: 'Write the first page of the guide', status: 'In review', points: 3 },
  { title: 'Mail that was never opened', status: 'Canceled' },
  { title: 'Which colours do the charts have?', status: 'Triage' },
  { title: 'Search over all projects', status: 'Backlog', type: 'epic', ref: 'search' },
  { title: 'Rank by age', status: 'Backlog', parent: 'search' },
  { title: 'Highlight what was found', status: 'Backlog', parent: 'search' },
]

/** Fills a hub with what a team at work leaves behind; with a beads file, its backlog too. */
export const furnish = async (hub: TestHub, beads: string | null): Promise<Furnished> => {
  const v1 = callOn(hub)
  await furnishTeam(v1)
  await tools(v1)
  if (beads === null) await many(v1)
  else await importBacklog(hub, { path: beads, importer: 'beads' }, 'BIG')
  await furnishContext(v1)
  await plans(v1)
  await furnishTower(v1)
  const [held, mine, rich, waiting] = ['GH-6', 'GH-7', 'GH-1', 'GH-3']
  return { project: 'BIG', small: 'GH', bare: 'EMPTY', held, mine, rich, waiting }
}

/** Makes a small project that people and agents work in, and one with nothing in it. */
export const furnishTeam = async (v1: Call): Promise<void> => {
  await v1('POST /projects', { key: 'GH', name: 'Guildhall' })
  await v1('POST /projects', { key: 'EMPTY', name: 'Nothing here yet' })
  await v1('POST /tasks', {
    project: 'GH',
    items: TASKS.map((task) => ({ status: 'Todo', ...task })),
  })
  await work(v1)
}

// Servers of the catalogue, installed as they are for everybody.
const tools = async (v1: Call): Promise<void> => {
  await v1('POST /tool-catalogue/memory', {})
  await v1('POST /tool-catalogue/sequential-thinking', { review: true })
  const entity = { name: 'Guildhall', entityType: 'product', observations: ['Has one hall.'] }
  await v1('POST /tools/memory__create_entities/calls', { args: { entities: [entity] } })
  await v1('POST /tools/memory__read_graph/calls', {})
}

const agent = async (v1: Call, name: string): Promise<string> =>
  Keyed.parse(await v1('POST /agents', { name, projects: ['GH'] })).key

// Attempts that ended in several ways, work under way, comments of people and agents.
const work = async (v1: Call): Promise<void> => {
  const [first, second] = [await agent(v1, 'dev-1'), await agent(v1, 'dev-2')]
  const claim = async (task: string, key: string): Promise<string> =>
    Claimed.parse(await v1(`POST /tasks/${task}/claim`, {}, key)).lease
  const failed = await claim('GH-1', first)
  const said = 'The test with 10,000 rows runs out of memory.'
  await v1('POST /work/finish', { lease: failed, outcome: 'released', summary: said }, first)
  const lease = await claim('GH-1', second)
  const note = 'Pages of 100 rows come in order now. **Next:** draw while they arrive, see GH-2.'
  await v1('POST /work/update', { lease, note, progress: 60 }, second)
  await v1('POST /tasks/GH-1/comments', { body: 'Please keep the keyboard order as it is.' })
  const held = await claim('GH-6', first)
  await v1('POST /work/update', { lease: held, progress: 35 }, first)
  const asked = { kind: 'choose', text: 'Which columns does the export have?', task: 'GH-6' }
  await v1('POST /questions', { ...asked, options: ['All', 'Those on the screen'] }, first)
  await v1('POST /tasks/GH-7/claim', {})
  await v1('POST /tasks/GH-4/move', { to: 'Backlog' })
}

const COLUMNS = ['Backlog', 'Todo', 'Todo', 'Todo', 'In progress', 'In review', 'Done']
const THINGS = ['gate', 'bell', 'ledger', 'roof', 'clock', 'map', 'archive']
const DEEDS = ['Mend the', 'Draw the', 'Count what is in the', 'Ask who keeps the', 'Clean the']

// What is there when there is no backlog at hand.
const many = async (v1: Call): Promise<void> => {
  await v1('POST /projects', { key: 'BIG', name: 'The great backlog' })
  for (let from = 0; from < 600; from += 100) {
    const items = Array.from({ length: 100 }, (_, index) => ({
      title: `${DEEDS[index % 5]} ${THINGS[(from / 100 + index) % 7]}, part ${from + index + 1}`,
      status: COLUMNS[index % 7],
      labels: index % 3 === 0 ? ['old town'] : [],
      priority: index % 4 === 0 ? 'high' : 'none',
    }))
    await v1('POST /tasks', { project: 'BIG', items })
  }
}
