/** Lets changes of one thing go out one after another, in the order in which they were made. */
export type Turns = <T>(things: readonly string[], act: () => Promise<T>) => Promise<T>

/** Makes the turns; what is about other things goes out at the same time. */
export const changeTurns = (): Turns => {
  const last = new Map<string, Promise<unknown>>()
  return (things, act) => {
    const before = things.flatMap((thing) => last.get(thing) ?? [])
    const mine = before.length === 0 ? act() : Promise.allSettled(before).then(act)
    for (const thing of things) last.set(thing, mine)
    const over = (): void => {
      for (const thing of things) if (last.get(thing) === mine) last.delete(thing)
    }
    mine.then(over, over)
    return mine
  }
}

const TASK = /^\/tasks\/([^/?]+)/

/** Names the tasks that a change is about: by its address, or by the items that it sends. */
export const tasksOf = (path: string, input: object | null): readonly string[] => {
  const [, key] = TASK.exec(path) ?? []
  if (key !== undefined) return [key]
  const items: unknown = path === '/tasks' && input !== null ? Reflect.get(input, 'items') : null
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown) => {
    const id: unknown = Reflect.get(Object(item), 'id')
    return typeof id === 'string' ? [id] : []
  })
}
