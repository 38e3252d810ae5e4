import type { Binding } from '../../shell/keys.ts'
import type { ChoiceKind } from '../board/edit/choices.ts'
import type { Asked } from './asked.ts'

type TaskKeysGround = Readonly<{
  taskKey: string
  mayWrite: boolean
  ask(what: Asked): void
  /** Assigns it to whoever is here. */
  mine(): void
  archive(): void
  /** Takes the task over, or asks how it is handed back; `null` where neither is possible. */
  takeOrGive: (() => void) | null
}>

// On a board the card in focus is meant, not the task that is open beside it.
const isElsewhere = (taskKey: string): boolean => {
  const card = document.activeElement?.closest('[data-card]')
  return card instanceof HTMLElement && card.dataset['card'] !== taskKey
}

// The title is edited in its place: the key presses its button.
const rename = (): void => {
  const edit = document.querySelector('[data-edit="title"]')
  if (edit instanceof HTMLElement) edit.click()
}

/** Gives the keys that change the task that is open. */
export const taskKeys = (ground: TaskKeysGround): readonly Binding[] => {
  const { taskKey, mayWrite, ask, mine, archive, takeOrGive } = ground
  const when = (): boolean => mayWrite && !isElsewhere(taskKey)
  const pick = (keys: readonly string[], label: string, what: ChoiceKind): Binding => ({
    ...{ keys, label, when },
    run: () => ask({ kind: 'pick', what }),
  })
  return [
    pick(['s', 'm'], `Move ${taskKey} to a column`, 'status'),
    pick(['a'], `Assign ${taskKey}`, 'assignee'),
    { keys: ['i'], label: `Assign ${taskKey} to me`, when, run: mine },
    pick(['p'], `Set the priority of ${taskKey}`, 'priority'),
    pick(['l'], `Set the labels of ${taskKey}`, 'label'),
    pick(['t', 'E'], `Estimate ${taskKey}`, 'points'),
    pick(['C'], `Put ${taskKey} into a sprint`, 'sprint'),
    {
      ...{ keys: ['D'], label: `Say when ${taskKey} is due`, when },
      run: () => ask({ kind: 'fact', what: 'due' }),
    },
    { keys: ['r', 'F2'], label: `Rename ${taskKey}`, when, run: rename },
    {
      keys: ['T'],
      label: `Take ${taskKey} over, or hand it back`,
      when: () => takeOrGive !== null && !isElsewhere(taskKey),
      run: () => takeOrGive?.(),
    },
    { keys: ['e'], label: `Archive ${taskKey}`, when, run: archive },
  ]
}
