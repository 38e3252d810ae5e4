import { useNavigate } from '@tanstack/react-router'
import { CornerDownLeft, Search } from 'lucide-react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useHall } from '../../live/use-hall.ts'
import { useModal } from '../../ui/dialog.tsx'
import { known, useKeys } from '../keys.ts'
import { activeCommands, type Command } from './commands.ts'
import { goCommands, keyCommands, lookCommands, type PageActs } from './page-commands.ts'
import { PaletteList, lineId } from './palette-list.tsx'
import { type Section, sectionsFor } from './ranking.ts'
import { noteCommand, recentCommands } from './recent.ts'
import { taskCommands } from './task-commands.ts'
import { type FoundTask, localTasks, useFoundTasks } from './use-found-tasks.ts'

type PaletteProps = Readonly<{
  acts: PageActs
  project: string | null
  /** The task that has the focus or is open. */
  task: string | null
  /** What was written before the palette was there. */
  first: Readonly<{ current: string }>
  close(): void
}>

const LIST = 'palette-list'

/** Shows one line to write in, and everything that fits: pages, tasks, commands. */
export const Palette = ({ acts, project, task, first, close }: PaletteProps) => {
  const ref = useRef<HTMLDialogElement>(null)
  const [wanted, setWanted] = useState(() => first.current)
  const [at, setAt] = useState(0)
  const sections = useSections({ acts, project, task, wanted })
  const lines = sections.flatMap(({ commands }) => commands)
  const here = Math.min(at, lines.length - 1)
  const me = useHall().me()?.id ?? ''
  useModal(ref)
  useKeys('Dialog', [known('palette', close, { inFields: true })])
  const choose = (command: Command): void => {
    noteCommand(me, command.id)
    // The page has its focus back before anything is done with what has the focus.
    flushSync(close)
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const step = STEPS[event.key]
    const line = lines[here]
    if (step !== undefined && lines.length > 0) setAt((here + step + lines.length) % lines.length)
    else if (event.key === 'Enter' && line !== undefined) choose(line)
    else return
    event.preventDefault()
  }
  return (
    <dialog
      ref={ref}
      aria-label="Search and commands"
      className="mx-auto mt-[12vh] mb-0 max-h-[70vh] w-[min(36rem,calc(100vw-1rem))] max-w-none
        flex-col overflow-hidden rounded-dialog border border-line bg-raised p-0 shadow-popover
        open:flex max-sm:mt-2 max-sm:max-h-[calc(100dvh-1rem)]"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === ref.current && close()}
    >
      <div className="flex h-12 shrink-0 items-center gap-2.5 border-b border-line px-3.5">
        <Search className="size-4 shrink-0 text-text-3" aria-hidden="true" />
        <input
          data-first="true"
          role="combobox"
          aria-label="Search and commands"
          aria-expanded={lines.length > 0}
          aria-controls={LIST}
          aria-autocomplete="list"
          aria-activedescendant={lines.length === 0 ? undefined : lineId(here)}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
          placeholder="A page, a task, a command ..."
          value={wanted}
          onChange={({ target }) => {
            setWanted(target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-title outline-none
            focus-visible:outline-none"
        />
        <CornerDownLeft className="size-4 shrink-0 text-text-3" aria-hidden="true" />
      </div>
      <PaletteList id={LIST} sections={sections} here={here} point={setAt} choose={choose} />
      <p role="status" className="sr-only">
        {wanted === '' ? '' : `${lines.length} found`}
      </p>
    </dialog>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

type Wish = Omit<PaletteProps, 'close' | 'first'> & Readonly<{ wanted: string }>

const useSections = ({ acts, project, task, wanted }: Wish): readonly Section[] => {
  const hall = useHall()
  const navigate = useNavigate()
  const found = useFoundTasks(wanted)
  // What can be done is gathered once, as it is while the palette opens.
  const commands = useMemo(
    (): readonly Command[] => [
      ...(task === null ? [] : taskCommands(hall, task)),
      ...activeCommands(),
      ...keyCommands(),
      ...goCommands(hall, project, acts),
      ...lookCommands(acts),
    ],
    [hall, project, task, acts],
  )
  const lineOf = ({ key, title }: FoundTask): Command => ({
    id: `task:${key}`,
    group: 'Tasks',
    label: title,
    about: key,
    run: () => {
      navigate({ to: '/t/$key', params: { key } }).catch(() => {})
    },
  })
  const me = hall.me()?.id ?? ''
  const recent = useMemo(() => recentCommands(me), [me])
  const lately = recent.flatMap((id) => {
    const card = id.startsWith('task:') ? hall.store.cards.byKey(id.slice(5)) : undefined
    return card === undefined ? [] : [lineOf(card)]
  })
  if (wanted.trim() === '') {
    const all = sectionsFor([...commands, ...lately], '', recent)
    return all.filter(({ name }) => name !== 'Tasks')
  }
  const near = localTasks(hall, wanted)
  const keys = new Set(near.map(({ key }) => key))
  const tasks = [...near, ...found.filter(({ key }) => !keys.has(key))].slice(0, TASKS_MAX)
  const rest = sectionsFor(commands, wanted, recent)
  if (tasks.length === 0) return rest
  const section = { name: 'Tasks', commands: tasks.map(lineOf) }
  const isTaskMeant = /\d$/.test(wanted) || rest.length === 0
  return isTaskMeant ? [section, ...rest] : [...rest, section]
}

const TASKS_MAX = 8
