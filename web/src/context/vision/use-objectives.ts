import { useCallback, useEffect, useState } from 'react'
import { type Api, shape } from '../../live/api.ts'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import { FOLLOWS } from '../use-news-read.ts'
import { isObjectives, type Objective } from '../views.ts'

/** What somebody wishes of an objective; what is left out stays. */
export type ObjectiveWish = Partial<
  Pick<Objective, 'parent' | 'title' | 'weight' | 'metric' | 'due' | 'owner' | 'places'>
>

/** The objectives that the reader sees, and the ways to change them. */
export type Objectives = Readonly<{
  /** `null` until they are known. */
  list: readonly Objective[] | null
  trouble: string | null
  again(): void
  /** Makes one, or changes one; shown at once, thrown back where the hub refuses. */
  save(before: Objective | null, wish: ObjectiveWish): Promise<string>
  archive(objective: Objective): Promise<void>
}>

type Saved = Readonly<{ id: string; title: string; version: number }>
type Known = Readonly<{ list: readonly Objective[] | null; trouble: string | null }>

const isSaved = shape<Saved>('id', 'version')
// The hub keeps a thousand objectives at most.
const PAGES_MAX = 10
// Progress moves with every task: where many work, one read tells of them all.
const GATHER_MS = 500
const NOTHING: Known = { list: null, trouble: null }

/** Reads all objectives, and again when one of them may be another. */
export const useObjectives = (): Objectives => {
  const { api, news, undo } = useHall()
  const [known, setKnown] = useState(NOTHING)
  const read = useCallback(
    (): Promise<void> =>
      readAll(api).then(
        (list) => setKnown({ list, trouble: null }),
        (thrown: unknown) => {
          const trouble = whyOf(thrown)
          setKnown(({ list }) => ({ list, trouble }))
        },
      ),
    [api],
  )
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    read().catch(() => {})
    const stop = news.listen((events) => {
      if (events?.some(({ name }) => FOLLOWS.objectives.test(name)) === false) return
      timer ??= setTimeout(() => {
        timer = undefined
        read().catch(() => {})
      }, GATHER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [read, news])
  const show = (change: (list: readonly Objective[]) => readonly Objective[]): void =>
    setKnown(({ list, trouble }) => ({ list: list && change(list), trouble }))
  const save = async (before: Objective | null, wish: ObjectiveWish): Promise<string> => {
    const named = before === null ? {} : { id: before.id, version: before.version }
    if (before !== null) {
      show((list) => list.map((one) => (one.id === before.id ? { ...one, ...wish } : one)))
    }
    try {
      const { id, version } = await api.write('/objectives', { ...named, ...wish }, isSaved)
      if (before !== null) offerUndo(before, { wish, version })
      return id
    } finally {
      await read()
    }
  }
  const offerUndo = (
    before: Objective,
    made: Readonly<{ wish: object; version: number }>,
  ): void => {
    const { id } = before
    const was = Object.entries(before).filter(([name]) => name in made.wish)
    const send =
      (fields: object) =>
      async (version: number): Promise<number> => {
        const saved = await api.write('/objectives', { id, version, ...fields }, isSaved)
        await read()
        return saved.version
      }
    const [back, again] = [send(Object.fromEntries(was)), send(made.wish)]
    undo.did({ subject: id, made: made.version, said: `${id} is changed`, back, again })
  }
  const archive = async ({ id, version }: Objective): Promise<void> => {
    show((list) => list.filter((one) => one.id !== id))
    try {
      await api.write(`/objectives/${id}/archive`, { version }, isSaved)
    } finally {
      await read()
    }
  }
  return { ...known, again: () => void read(), save, archive }
}

const readAll = async (api: Api): Promise<readonly Objective[]> => {
  const found: Objective[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page++) {
    const { items, next } = await api.read(`/objectives?limit=100${cursor}`, isObjectives)
    found.push(...items)
    if (next === null) break
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
  return found
}
