import { useMemo } from 'react'
import type { Card } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import type { Project } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'
import { useRead } from '../../../live/use-read.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { type Option, PickDialog } from '../../backlog/pick/pick-dialog.tsx'
import { cardsText } from '../../edits.ts'
import { handleIn, useHandles } from '../../use-handles.ts'
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

const isSprints = shape<Sprints>('items')

type PickerProps = Readonly<{
  kind: ChoiceKind
  project: Project
  cards: readonly Card[]
  close(): void
  choose(change: Change): void
}>

/** Asks what becomes of some cards. */
export const Picker = ({ kind, project, cards, close, choose }: PickerProps) => {
  const choices = useChoices({ kind, project, cards })
  const pick = (value: string): void => {
    const choice = choices.find((one) => one.value === value) ?? madeOf(kind, value)
    const change = choice && changeOf(kind, choice, project)
    if (!change) return
    close()
    choose(change)
  }
  return (
    <PickDialog
      title={`${TITLES[kind]}: ${cardsText(cards)}`}
      placeholder={TITLES[kind]}
      options={choices.map(optionOf)}
      free={(text) => {
        const made = madeOf(kind, text)
        return made && optionOf(made)
      }}
      choose={pick}
      close={close}
    />
  )
}

const optionOf = ({ value, name, mark, isOn }: Choice): Option => ({
  ...{ value, name, isChosen: isOn },
  mark: <MarkOf mark={mark} />,
})

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
  const handles = useHandles(kind === 'assignee')
  return useMemo(() => {
    const open = sprints?.items.filter(({ state }) => state !== 'closed') ?? []
    const numbers = open.map(({ number }) => number)
    return choicesOf(kind, { hall, project, cards, handles, sprints: numbers })
  }, [hall, kind, project, cards, sprints, handles])
}

// What is written but not in the list can be meant all the same: somebody, or a new label.
const madeOf = (kind: ChoiceKind, text: string): Choice | null => {
  const made = (value: string, name: string): Choice => ({
    ...{ value, name },
    ...{ mark: NO_MARK, isOn: false },
  })
  if (kind === 'label') return made(text, `New label ${text}`)
  if (kind === 'points' && /^\d{1,5}(\.\d{1,2})?$/.test(text)) return made(text, `${text} points`)
  const handle = kind === 'assignee' ? handleIn(text) : null
  return handle === null ? null : made(handle, `@${handle}`)
}
