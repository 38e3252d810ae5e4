import type { Card } from '../../../../src/work/contract.ts'
import { shape } from '../../live/api.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { isRunning, type Running, WORK_EVENTS } from '../people-views.ts'

/** A question that waits for an answer. */
export type Question = Readonly<{
  key: string
  text: string
  task: string | null
  askedBy: string
  askedAt: string
}>

/** What is somebody's own. */
export type Mine = Readonly<{
  running: readonly Running[]
  tasks: readonly Card[]
  /** Theirs, and in the hands of another or meant for one. */
  delegated: readonly Card[]
  questions: readonly Question[]
  trouble: string | null
  again(): void
  isKnown: boolean
  /** There are more tasks than are read at once. */
  isCut: boolean
}>

/** One state in which tasks of one's own are shown together. */
export type Group = Readonly<{ name: string; has: (task: Card) => boolean }>

/** The states in the order in which they ask for something. */
export const GROUPS: readonly Group[] = [
  { name: 'Started', has: ({ category }) => category === 'started' },
  { name: 'Ready', has: (task) => task.category === 'unstarted' && !isHeldUp(task) },
  { name: 'Waiting', has: (task) => task.category === 'unstarted' && isHeldUp(task) },
  { name: 'Later', has: ({ category }) => category === 'backlog' || category === 'triage' },
]

const isHeldUp = ({ ready }: Card): boolean => !ready

type Page<T> = Readonly<{ items: readonly T[]; next: string | null }>
type Agent = Readonly<{ handle: string; responsible: string | null }>

const TASKS = { is: shape<Page<Card>>('items', 'next'), wants: WORK_EVENTS }
const RUNNING = { is: isRunning, wants: WORK_EVENTS }
const QUESTIONS = { is: shape<Page<Question>>('items'), wants: /^work\.question_/ }
const AGENTS = { is: shape<Page<Agent>>('items'), wants: /^identity\.(principal|responsible)_/ }
const OPEN = `/tasks?q=${encodeURIComponent('mine status:open')}&sort=priority&limit=100`

/** Reads what is the person's own, and again whenever work goes on. */
export const useMine = (): Mine => {
  const hall = useHall()
  const me = useTopic('me', hall.me)?.handle ?? null
  const on = (path: string) => (me === null ? null : path)
  const tasks = useLive(on(OPEN), TASKS)
  const running = useLive(on(`/work/running?holder=${me ?? ''}`), RUNNING)
  const questions = useLive(on('/questions?open=true&limit=100'), QUESTIONS)
  const agents = useLive(on('/agents?limit=100'), AGENTS)
  const all = tasks.data?.items ?? []
  const held = new Set(
    (running.data?.items ?? []).flatMap(({ key, claimed }) => (claimed ? key : [])),
  )
  const isElsewhere = ({ holder, delegate }: Card): boolean => (holder ?? delegate ?? me) !== me
  const keys = new Set(all.map(({ key }) => key))
  const own = new Set(
    (agents.data?.items ?? []).flatMap(({ handle, responsible }) =>
      responsible === me ? handle : [],
    ),
  )
  return {
    running: running.data?.items ?? [],
    tasks: all.filter((task) => !isElsewhere(task) && !held.has(task.key)),
    delegated: all.filter(isElsewhere),
    questions: (questions.data?.items ?? []).filter(
      ({ task, askedBy }) => own.has(askedBy) || (task !== null && keys.has(task)),
    ),
    trouble: tasks.trouble ?? running.trouble ?? questions.trouble,
    again() {
      for (const one of [tasks, running, questions, agents]) one.again()
    },
    isKnown: tasks.data !== null && running.data !== null,
    isCut: (tasks.data?.next ?? null) !== null,
  }
}
