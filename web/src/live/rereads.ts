import { projectOf } from './cards.ts'

/** How cards are read again. */
export type RereadGround = Readonly<{
  /** Reads one card; `false` where what came back was older than what we have. */
  one(key: string): Promise<boolean>
  /** Reads all cards of a project. */
  all(project: string): Promise<void>
  pause(): Promise<void>
}>

// Single reads up to here; beyond it one read of the whole project is cheaper for both sides.
const SINGLE_MAX = 40
const AT_ONCE_MAX = 4

/** Reads cards again: each once however often it is wanted, and anew if wanted meanwhile. */
export const rereading = ({ one, all, pause }: RereadGround) => {
  const wanted = new Set<string>()
  const running = new Set<string>()
  let active = 0
  let idle: (() => void)[] = []

  const run = (name: string, read: () => Promise<void>): void => {
    active++
    running.add(name)
    const done = (): void => {
      active--
      running.delete(name)
      step()
    }
    read().then(done, done)
  }
  const again = async (keys: readonly string[]): Promise<void> => {
    await pause()
    for (const key of keys) wanted.add(key)
  }
  const readOne = async (key: string): Promise<void> => {
    const isTaken = await one(key).catch(() => false)
    if (!isTaken) await again([key])
  }
  const readAll = async (project: string, keys: readonly string[]): Promise<void> => {
    const isRead = await all(project).then(
      () => true,
      () => false,
    )
    if (!isRead) await again(keys)
  }
  const step = (): void => {
    if (wanted.size > SINGLE_MAX) bulk()
    for (const key of wanted) {
      if (active >= AT_ONCE_MAX) return
      if (running.has(key) || running.has(projectOf(key))) continue
      wanted.delete(key)
      run(key, () => readOne(key))
    }
    if (active > 0 || wanted.size > 0) return
    const told = idle
    idle = []
    for (const tell of told) tell()
  }
  const bulk = (): void => {
    const perProject = Map.groupBy(wanted, projectOf)
    for (const [project, keys] of perProject) {
      if (keys.length <= SINGLE_MAX / 2 || running.has(project)) continue
      for (const key of keys) wanted.delete(key)
      run(project, () => readAll(project, keys))
    }
  }
  return {
    want(key: string): void {
      wanted.add(key)
      // Events come in batches: all of one batch are gathered before the first read leaves.
      queueMicrotask(step)
    },
    settled: async (): Promise<void> => {
      if (active === 0 && wanted.size === 0) return
      await new Promise<void>((resolve) => idle.push(resolve))
    },
  }
}
