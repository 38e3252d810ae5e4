import { signal, waitUntil } from '../postgres/processes.ts'
import { type ProcessTable, readProcessTable, type SeenProcess } from './process-table.ts'

// A program's family is its process group, and whoever was started out of it into a group of its
// own (browsers are). Whose parent has ended belongs to nobody any more; such processes are
// remembered from earlier looks.

/** A program that leads its own process group: one number names both. */
export type Leader = Readonly<{ pid: number; start: string }>

const GONE_MS = 5_000

/** Lists the living processes of a program, with those of an earlier look that still live. */
export const familyOf = (
  table: ProcessTable,
  leader: Leader,
  before: readonly SeenProcess[] = [],
): readonly SeenProcess[] => {
  const now = table.get(leader.pid)
  const isRecycled = now !== undefined && now.start !== leader.start
  const family = new Map<number, SeenProcess>()
  for (const seen of table.values()) {
    if (!isRecycled && seen.group === leader.pid) family.set(seen.pid, seen)
  }
  for (const { pid, start } of before) {
    const seen = table.get(pid)
    if (seen?.start === start) family.set(pid, seen)
  }
  // What is added while the map is walked is walked as well.
  const children = Map.groupBy(table.values(), ({ parent }) => parent)
  for (const pid of family.keys()) {
    for (const child of children.get(pid) ?? []) family.set(child.pid, child)
  }
  return [...family.values()].filter(({ isZombie }) => !isZombie)
}

/** Asks a program and its whole group to end. */
export const askToEnd = ({ pid }: Leader): void => {
  signal(-pid, 'SIGTERM')
}

/** Asks all of a family but its leader to end: bubblewrap leads, and would kill the others. */
export const askInmatesToEnd = (leader: Leader, family: readonly SeenProcess[]): void => {
  for (const { pid } of family) if (pid !== leader.pid) signal(pid, 'SIGTERM')
}

/** Kills a program's family until nobody is left; false when somebody cannot be killed. */
export const killFamily = (
  leader: Leader,
  before: readonly SeenProcess[] = [],
): Promise<boolean> => {
  let known = before
  return waitUntil(async () => {
    known = familyOf(await readProcessTable(), leader, known)
    // The group at once, so that none of it can start another one in between.
    if (known.some(({ group }) => group === leader.pid)) signal(-leader.pid, 'SIGKILL')
    for (const { pid, group } of known) if (group !== leader.pid) signal(pid, 'SIGKILL')
    return known.length === 0
  }, GONE_MS)
}
