import { Check } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react'
import type { Card } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import type { Project } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'
import { useRead } from '../../../live/use-read.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { cardsText } from '../../edits.ts'
import {
  type Change,
  changeOf,
  type Choice,
  type ChoiceKind,
  choicesOf,
  type Mark,
  NO_MARK,
  TITLES,
} from './choices.ts'

type Sprints = Readonly<{ items: readonly Readonly<{ number: number; state: string }>[] }>
type Agents = Readonly<{ items: readonly Readonly<{ handle: string }>[] }>

const isSprints = shape<Sprints>('items')
const isAgents = shape<Agents>('items')
const HANDLE = /^@?[a-z0-9][a-z0-9._-]{0,38}$/

type PickerProps = Readonly<{
  kind: ChoiceKind
  project: Project
  cards: readonly Card[]
  close(): void
  choose(change: Change): void
}>

/** Asks what becomes of some cards: letters narrow the list, arrows and Enter choose. */
export const Picker = ({ kind, project, cards, close, choose }: PickerProps) => {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const choices = useChoices({ kind, project, cards })
  const shown = useMemo(() => narrowed(choices, kind, text), [choices, kind, text])
  const active = Math.min(at, shown.length - 1)
  const pick = (choice: Choice | undefined): void => {
    const change = choice && changeOf(kind, choice, project)
    if (!change) return
    close()
    choose(change)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (event.key === 'Enter') pick(shown[active])
    else if (step !== undefined) setAt((active + step + shown.length) % Math.max(1, shown.length))
    else return
    event.preventDefault()
  }
  useEffect(() => {
    document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [listId, active])
  return (
    <Dialog title={`${TITLES[kind]}: ${cardsText(cards)}`} close={close}>
      <div className="grid gap-2 p-2" onKeyDown={onKeyDown}>
        <input
          data-first="true"
          role="combobox"
          aria-label={TITLES[kind]}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={shown.length > 0 ? `${listId}-${active}` : undefined}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setAt(0)
          }}
          className="h-9 rounded-control border border-edge bg-surface px-2.5"
        />
        <ul
          id={listId}
          role="listbox"
          aria-label={TITLES[kind]}
          className="max-h-80 overflow-y-auto"
        >
          {shown.map((choice, index) => (
            <li
              key={choice.value}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              onClick={() => pick(choice)}
              className="flex h-9 cursor-pointer items-center gap-2.5 rounded-control px-2.5
                hover:bg-hover aria-selected:bg-hover"
            >
              <MarkOf mark={choice.mark} />
              <span className="min-w-0 flex-1 truncate" dir="auto">
                {choice.name}
              </span>
              {choice.isOn && <Check className="size-4 text-accent" aria-label="is so now" />}
            </li>
          ))}
        </ul>
        {shown.length === 0 && <p className="px-2.5 pb-2 text-list text-text-2">Nothing fits.</p>}
      </div>
    </Dialog>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

const MarkOf = ({ mark }: Readonly<{ mark: Mark }>) => {
  if (mark.state !== undefined) return <StateGlyph category={mark.state} />
  if (mark.handle !== undefined) return <Avatar handle={mark.handle} />
  if (mark.priority !== undefined) return <PriorityMark priority={mark.priority} />
  return null
}

type Wish = Readonly<Pick<PickerProps, 'kind' | 'project' | 'cards'>>

const useChoices = ({ kind, project, cards }: Wish): readonly Choice[] => {
  const hall = useHall()
  const path = kind === 'sprint' ? `/projects/${project.key}/sprints` : null
  const { data: sprints } = useRead(path, isSprints)
  const { data: agents } = useRead(kind === 'assignee' ? '/agents?limit=100' : null, isAgents)
  return useMemo(() => {
    const open = sprints?.items.filter(({ state }) => state !== 'closed') ?? []
    const known = new Set<string>(hall.me() ? [hall.me()?.handle ?? ''] : [])
    for (const { assignee, holder } of hall.store.cards.all()) {
      if (assignee !== null) known.add(assignee)
      if (holder !== null) known.add(holder)
    }
    for (const { handle } of agents?.items ?? []) known.add(handle)
    const handles = [...known].filter(Boolean)
    const numbers = open.map(({ number }) => number)
    return choicesOf(kind, { hall, project, cards, handles, sprints: numbers })
  }, [hall, kind, project, cards, sprints, agents])
}

// What is written but not in the list can be meant all the same: somebody, or a new label.
const narrowed = (choices: readonly Choice[], kind: ChoiceKind, text: string) => {
  const wanted = text.trim().toLowerCase()
  const found = choices.filter(({ name }) => name.toLowerCase().includes(wanted))
  const begins = found.filter(({ name }) => name.toLowerCase().replace(/^@/, '').startsWith(wanted))
  const sorted = [...begins, ...found.filter((one) => !begins.includes(one))]
  const made = madeOf(kind, text.trim())
  const isThere = choices.some(({ value }) => value.toLowerCase() === made?.value.toLowerCase())
  return made === null || isThere ? sorted : [...sorted, made]
}

const madeOf = (kind: ChoiceKind, text: string): Choice | null => {
  if (text === '') return null
  const made = (value: string, name: string): Choice => ({
    ...{ value, name },
    ...{ mark: NO_MARK, isOn: false },
  })
  if (kind === 'label') return made(text, `New label ${text}`)
  if (kind === 'points' && /^\d{1,5}(\.\d{1,2})?$/.test(text)) return made(text, `${text} points`)
  if (kind !== 'assignee' || !HANDLE.test(text)) return null
  return made(text.replace(/^@/, ''), `@${text.replace(/^@/, '')}`)
}
