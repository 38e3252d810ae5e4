import { type Binding, openHere } from '../../shell/keys.ts'
import type { BacklogView, PickKind } from './backlog-context.ts'

type Ground = Readonly<{
  view: BacklogView
  search(): void
  clear(): void
  /** Assigns tasks to whoever is here. */
  mine(ids: readonly string[]): void
}>

/** Gives the keys of a backlog: walk over the lines, choose, rank and change them. */
export const backlogKeys = ({ view, search, clear, mine }: Ground): readonly Binding[] => {
  const { focus, groups } = view
  const lines = (): readonly string[] => groups.flatMap(({ ids }) => ids)
  const next = (by: number): string | undefined => {
    const all = lines()
    const at = focus.id === null ? -1 : all.indexOf(focus.id)
    return at < 0 ? all[0] : all[at + by]
  }
  const walk = (by: number) => () => {
    const id = next(by)
    if (id !== undefined) view.focusOn(id)
  }
  const extend = (by: number) => () => {
    const id = next(by)
    if (id === undefined || focus.id === null) return
    if (!view.chosen.has(focus.id)) view.choose(focus.id, false)
    view.choose(id, true)
    view.focusOn(id)
  }
  const onLine = (act: (id: string) => void) => () => focus.id !== null && act(focus.id)
  const when = (): boolean => view.mayWrite && focus.id !== null
  const pick = (kind: PickKind) => onLine((id) => view.show({ kind, ids: view.about(id) }))
  return [
    { keys: ['j', 'ArrowDown'], label: 'Next task', run: walk(1) },
    { keys: ['k', 'ArrowUp'], label: 'Task before', run: walk(-1) },
    { keys: ['o'], label: 'Open, as Enter does', run: openHere },
    { keys: ['x'], label: 'Choose', run: onLine((id) => view.choose(id, false)) },
    { keys: ['Shift+ArrowDown'], label: 'Choose downwards', run: extend(1) },
    { keys: ['Shift+ArrowUp'], label: 'Choose upwards', run: extend(-1) },
    { keys: ['J'], label: 'Rank lower', when, run: onLine((id) => rank(view, id, 1)) },
    { keys: ['K'], label: 'Rank higher', when, run: onLine((id) => rank(view, id, -1)) },
    { keys: ['H'], label: 'To the group above', when, run: onLine((id) => regroup(view, id, -1)) },
    { keys: ['L'], label: 'To the group below', when, run: onLine((id) => regroup(view, id, 1)) },
    { keys: ['m', 'C'], label: 'Move to a group', when, run: pick('group') },
    { keys: ['s'], label: 'Move to a column', when, run: pick('status') },
    { keys: ['t', 'E'], label: 'Estimate', when, run: onLine((id) => estimate(view, id)) },
    { keys: ['p'], label: 'Priority', when, run: pick('priority') },
    { keys: ['a'], label: 'Assign', when, run: pick('assignee') },
    { keys: ['i'], label: 'Assign to me', when, run: onLine((id) => mine(view.about(id))) },
    { keys: ['l'], label: 'Labels', when, run: pick('labels') },
    {
      keys: ['d'],
      label: 'Dependencies',
      when,
      run: onLine((id) => view.show({ kind: 'link', ids: [id] })),
    },
    {
      ...{ keys: ['F2', 'r'], label: 'Change the title', when },
      run: onLine((id) => view.write(id, 'title')),
    },
    {
      keys: ['c'],
      label: 'New tasks',
      when: () => view.mayWrite,
      run: () => view.show({ kind: 'paste', text: '', group: groupOf(view, focus.id) ?? null }),
    },
    { keys: ['/', 'f'], label: 'Filter tasks', run: search },
    { keys: ['Escape'], label: 'Choose none, clear the filter', run: clear },
  ]
}

const groupOf = ({ groups }: BacklogView, id: string | null) =>
  id === null ? undefined : groups.find(({ ids }) => ids.includes(id))

const estimate = (view: BacklogView, id: string): void => {
  const ids = view.about(id)
  if (ids.length === 1) view.write(id, 'points')
  else view.show({ kind: 'points', ids })
}

// Keys move what is chosen as one block, one place past the neighbour that is not.
const rank = (view: BacklogView, id: string, by: -1 | 1): void => {
  const group = groupOf(view, id)
  if (group === undefined) return
  const going = new Set(view.about(id).filter((one) => group.ids.includes(one)))
  const places = group.ids.flatMap((one, at) => (going.has(one) ? [at] : []))
  const [first, last] = [places[0], places.at(-1)]
  if (first === undefined || last === undefined) return
  const index = by < 0 ? first - 1 : last + 2
  if (index < 0 || index > group.ids.length) return
  view.place(
    group.ids.filter((one) => going.has(one)),
    group,
    index,
  )
}

// What goes up comes to the end of the group above, what goes down to the top of the one below.
const regroup = (view: BacklogView, id: string, by: -1 | 1): void => {
  const { groups } = view
  const own = groupOf(view, id)
  const other = own && groups[groups.indexOf(own) + by]
  if (other === undefined) return
  view.place(view.about(id), other, by < 0 ? other.ids.length : 0)
}
