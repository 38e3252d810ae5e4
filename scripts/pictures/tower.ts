import {
  type PastProject,
  pastProject,
  type PastSprint,
  type PastTask,
} from '../../test/web/past-project.ts'
import type { Call } from './call.ts'

// A project of nearly four months: sprints of two weeks that took on about as much as they could
// finish, work that came late, work that grew old. It is the same with each run.

const SPRINTS = 7
const SPRINT_DAYS = 14
const TASKS_PER_SPRINT = 9
const SINCE_DAYS = -92
const GOALS = [
  'The clock goes',
  'It strikes the hour',
  'Stairs that hold a person',
  'The dial can be read from the bridge',
  'Nobody has to wind it by hand',
  'A bell for the market',
  'Open to visitors',
]
const THINGS = ['pendulum', 'bell', 'dial', 'hands', 'gears', 'rope', 'stairs', 'roof', 'lantern']
const DEEDS = ['Oil the', 'Draw the', 'Hang the', 'Measure the', 'Paint the', 'Order the']
const POINTS = [1, 2, 3, 5, 8]

/** Brings a project with a past of its own into a hub. */
export const furnishTower = async (v1: Call): Promise<void> => {
  const text = pastProject(tower('TOWER'), Date.now())
  await v1('POST /import/guildhall', { text, merge: true })
}

/** Tells the past of a project with charts worth looking at. */
const tower = (key: string): PastProject => {
  const random = chance(7)
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T | undefined =>
    list[Math.floor(random() * list.length)]
  const sprints = Array.from({ length: SPRINTS }, (_, index) => sprintAt(index))
  let number = 0
  const named = () => ({
    title: `${DEEDS[number % DEEDS.length]} ${THINGS[number++ % THINGS.length]}, part ${number}`,
    ...(random() > 0.1 && { points: pick(POINTS) ?? 3 }),
  })
  const tasks = sprints.flatMap(({ started, ends }, index): PastTask[] => {
    const isLast = index === SPRINTS - 1
    const until = isLast ? -0.1 : ends
    return Array.from({ length: TASKS_PER_SPRINT }, (_, at): PastTask => {
      const isLate = at >= TASKS_PER_SPRINT - 2
      const joined = isLate ? started + 2 + random() * 4 : started - 0.5
      const begin = Math.max(joined, started) + random() * (until - started) * 0.6
      const end = begin + 0.3 + random() ** 3 * 9
      const isLeft = !isLate && at === 3 && index % 2 === 1
      return {
        ...named(),
        made: started - 3 - random() * 12,
        sprints: [[index + 1, joined], ...(isLeft ? [[null, started + 5] as const] : [])],
        ...(begin < until && !isLeft && { started: begin }),
        ...(end < until && !isLeft && { done: end }),
      }
    })
  })
  const later = Array.from({ length: 14 }, (): PastTask => {
    return { ...named(), made: -60 + random() * 58, backlog: true }
  })
  const old = [-31.4, -17.2, -8.6, -6.1, -3.3].map((started): PastTask => {
    return { ...named(), made: started - 2, started }
  })
  return { key, name: 'The clock tower', sprints, tasks: [...tasks, ...later, ...old] }
}

const sprintAt = (index: number): PastSprint => {
  const started = SINCE_DAYS + index * SPRINT_DAYS + 0.4
  const ends = started + SPRINT_DAYS - 3
  const goal = GOALS[index] ?? ''
  return index === SPRINTS - 1 ? { goal, started, ends } : { goal, started, ends, closed: ends }
}

// A line of numbers between 0 and 1 that looks like chance and is always the same.
const chance = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
