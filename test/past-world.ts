import type { Change, HistoryKind } from '../src/work/domain/history.ts'

type Made = Readonly<{
  category?: string
  estimate?: number
  sprint?: number
  parent?: number
}>

const text = (value: number | null): string | null => (value === null ? null : String(value))

/** Makes a small past by hand: tasks by their numbers, changes at small times. */
export const pastWorld = () => {
  const list: Change[] = []
  const add = (number: number, at: number, facts: readonly [HistoryKind, string | null][]) => {
    const version = list.filter((change) => change.number === number).length + 1
    const about = { taskId: `task-${number}`, number, version, at }
    list.push(...facts.map(([kind, value], step): Change => ({ ...about, step, kind, value })))
  }
  /** Makes a task at a time; without one, gives the words for changing it. */
  const task = (number: number, at?: number, made: Made = {}) => {
    const { category = 'unstarted', estimate, sprint, parent } = made
    if (at !== undefined) {
      add(
        number,
        at,
        [
          ...(estimate === undefined ? [] : [['estimate', text(estimate)] as const]),
          ...(parent === undefined ? [] : [['parent', text(parent)] as const]),
          ...(sprint === undefined ? [] : [['sprint', text(sprint)] as const]),
          ['category', category] as const,
        ].map(([kind, value]): [HistoryKind, string | null] => [kind, value]),
      )
    }
    return {
      at: (when: number) => ({
        category: (word: string) => add(number, when, [['category', word]]),
        estimate: (points: number | null) => add(number, when, [['estimate', text(points)]]),
        sprint: (one: number | null) => add(number, when, [['sprint', text(one)]]),
        parent: (one: number | null) => add(number, when, [['parent', text(one)]]),
        archived: (is: boolean) => add(number, when, [['archived', is ? 'yes' : null]]),
      }),
    }
  }
  return { task, changes: (): readonly Change[] => [...list] }
}
