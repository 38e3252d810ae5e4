import { useNavigate } from '@tanstack/react-router'
import { useCallback, useRef, useState } from 'react'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { useKeys } from '../../shell/keys.ts'
import { CutLine } from '../board/cut-line.tsx'
import { useForecast } from '../sprint/use-forecast.ts'
import { BacklogContext, type BacklogView, type Open } from './backlog-context.ts'
import { BacklogDialogs } from './backlog-dialogs.tsx'
import { BacklogHead } from './backlog-head.tsx'
import { backlogKeys } from './backlog-keys.ts'
import type { BacklogSearch } from './backlog-search.ts'
import { BulkBar } from './bulk-bar.tsx'
import { changeTasks } from './change/edits.ts'
import { GroupList } from './group/group-list.tsx'
import { placeTasks } from './change/place-tasks.ts'
import { useChoice } from './use-choice.ts'
import { useGroups } from './group/use-groups.ts'
import { usePaste } from './use-paste.ts'

type BacklogProps = Readonly<{
  project: Project
  sprints: readonly Sprint[]
  search: BacklogSearch
}>

/** Shows what of a project is not started, in the order of its ranks, sprint by sprint. */
export const Backlog = ({ project, sprints, search }: BacklogProps) => {
  const hall = useHall()
  const navigate = useNavigate()
  const { q = '', capacity } = search
  const groups = useGroups({ project, sprints, q })
  const [focus, setFocus] = useState<BacklogView['focus']>({ id: null, tick: 0 })
  const [open, show] = useState<Open | null>(null)
  const [writing, setWriting] = useState<BacklogView['writing']>(null)
  const field = useRef<HTMLInputElement>(null)
  const { chosen, choose, chooseNone } = useChoice(groups)
  const mayWrite = hall.may('task:write', project.key)
  const forecast = useForecast(project.key, sprints)
  const focusOn = useCallback((id: string) => setFocus(({ tick }) => ({ id, tick: tick + 1 })), [])
  const noteFocus = useCallback(
    (id: string) => setFocus((old) => (old.id === id ? old : { ...old, id })),
    [],
  )
  const setSearch = useCallback(
    (next: BacklogSearch) => {
      const to = '/p/$project/backlog'
      const params = { project: project.key }
      navigate({ to, params, search: next, replace: true }).catch(() => {})
    },
    [navigate, project.key],
  )
  const view: BacklogView = {
    ...{ project, sprints, groups, mayWrite, focus, focusOn, noteFocus, chosen, choose },
    ...{ writing, show },
    capacity: { points: capacity ?? forecast, isGiven: capacity !== undefined },
    about: (id) =>
      chosen.has(id) ? groups.flatMap(({ ids }) => ids.filter((one) => chosen.has(one))) : [id],
    write: (id, what) => setWriting({ id, field: what }),
    stopWriting: () => setWriting(null),
    place(ids, group, index) {
      placeTasks(hall, { project, ids, group, index }).catch(() => {})
      // The line stands in its new place at once, and the focus goes with it.
      if (focus.id !== null && ids.includes(focus.id)) focusOn(focus.id)
    },
  }
  const clear = (): void => {
    if (chosen.size > 0) chooseNone()
    else if (q !== '') setSearch({ ...(capacity !== undefined && { capacity }) })
  }
  const mine = (ids: readonly string[]): void => {
    const assignee = hall.me()?.handle
    const cards = ids.flatMap((id) => hall.store.cards.get(id) ?? [])
    if (assignee === undefined) return
    const fields = { patch: { assignee }, shown: { assignee } }
    changeTasks(
      hall,
      cards.map((card) => ({ card, ...fields })),
    ).catch(() => {})
  }
  useKeys('Backlog', backlogKeys({ view, clear, mine, search: () => field.current?.focus() }))
  usePaste(mayWrite && open === null, (text) => show({ kind: 'paste', text, group: null }))
  return (
    <BacklogContext value={view}>
      <main
        className="relative flex min-h-0 min-w-0 flex-1 flex-col"
        aria-label={`Backlog of ${project.name}`}
      >
        <BacklogHead field={field} search={search} change={setSearch} />
        <CutLine project={project.key} />
        <GroupList clear={clear} isFiltered={q !== ''} />
        <BulkBar clear={chooseNone} />
      </main>
      {open !== null && <BacklogDialogs open={open} close={() => show(null)} />}
    </BacklogContext>
  )
}
