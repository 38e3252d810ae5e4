// Maps the statuses and folders of Backlog.md to columns and states.
import { cleanLine } from '../domain/import-fit.ts'
import type { ImportColumn } from '../domain/import-row.ts'
import type { Category } from '../domain/words.ts'

/** Names the folders that hold tasks. */
export type Place = 'tasks' | 'completed' | 'drafts' | 'archive'

/** Says where a task stands; `running` is the status of work that was under way. */
export type BoardState = Readonly<{
  category: Category
  columnName: string
  running: string | null
  isUnknown: boolean
}>

/** Holds the columns of a project, and where a task of a folder and status stands on them. */
export type Board = Readonly<{
  columns: readonly ImportColumn[]
  stateOf: (place: Place, status: string) => BoardState
}>

const USUAL_STATUSES = ['To Do', 'In Progress', 'Done']
const STATUSES_MAX = 50
const PLACES: readonly Place[] = ['archive', 'completed', 'drafts', 'tasks']

/** Finds the folder that a task file lies in; null for everything that is no task. */
export function placeOf(path: string): Place | null {
  const steps = path.split('/').slice(0, -1)
  const isTask = /\.md$/i.test(path) && !steps.includes('milestones')
  return isTask ? (PLACES.find((place) => steps.includes(place)) ?? null) : null
}

/** Makes the board: first status unstarted, last completed, the rest started; gaps are filled. */
export function boardOf(wanted: readonly string[]): Board {
  const statuses = namesOf(wanted)
  const last = statuses.length - 1
  const known = statuses.map((name, index): ImportColumn => {
    const category = index === 0 ? 'unstarted' : index === last ? 'completed' : 'started'
    return { name, category, role: category === 'started' && isReview(name) ? 'review' : null }
  })
  const columns = fill(known)
  const nameIn = (category: Category) =>
    columns.find((column) => column.category === category)?.name ?? category
  const at = (category: Category): BoardState => ({
    category,
    columnName: nameIn(category),
    running: null,
    isUnknown: false,
  })
  return {
    columns,
    stateOf(place, status) {
      if (place !== 'tasks') return at(CATEGORY_OF[place])
      const column = known.find(({ name }) => name.toLowerCase() === status.toLowerCase())
      if (!column) return { ...at('triage'), isUnknown: true }
      // Nobody here holds it, so running work begins anew; a label remembers what it was.
      if (column.category !== 'started') return { ...at(column.category), columnName: column.name }
      return { ...at('unstarted'), running: column.name.toLowerCase().replace(/\s+/g, '-') }
    },
  }
}

const CATEGORY_OF = { completed: 'completed', drafts: 'backlog', archive: 'canceled' } as const

const isReview = (name: string) => /\breview/i.test(name)

function namesOf(wanted: readonly string[]): string[] {
  const names = new Map<string, string>()
  for (const name of wanted.map((text) => cleanLine(text).slice(0, 60))) {
    if (name !== '' && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  // With fewer than two there is no first and last.
  return names.size < 2 ? USUAL_STATUSES : [...names.values()].slice(0, STATUSES_MAX)
}

/** Adds the columns that work needs to come in, run, be reviewed, and be called off. */
function fill(known: readonly ImportColumn[]): ImportColumn[] {
  const taken = new Set(known.map(({ name }) => name.toLowerCase()))
  const make = (name: string, category: Category, role: ImportColumn['role'] = null) => {
    const free = taken.has(name.toLowerCase()) ? `${name} (${category})` : name
    return { name: free, category, role }
  }
  const started = known.filter(({ category }) => category === 'started')
  const isWork = started.some(({ role }) => role === null)
  const isReviewed = started.some(({ role }) => role === 'review')
  return [
    make('Triage', 'triage'),
    make('Backlog', 'backlog'),
    ...known.slice(0, 1),
    ...(isWork ? [] : [make('In progress', 'started')]),
    ...known.slice(1, -1),
    ...(isReviewed ? [] : [make('In review', 'started', 'review')]),
    ...known.slice(-1),
    make('Canceled', 'canceled'),
  ]
}
