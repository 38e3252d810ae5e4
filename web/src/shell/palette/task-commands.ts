import type { Card } from '../../../../src/work/contract.ts'
import { projectOf } from '../../live/cards.ts'
import type { Hall } from '../../live/hall.ts'
import { copyText } from '../../ui/copy-box.tsx'
import { changeTasks } from '../../work/backlog/change/edits.ts'
import { moveTask } from '../../work/moves.ts'
import { PRIORITIES } from '../../work/words.ts'
import type { Command } from './commands.ts'

/** Gives what can be done with the task that has the focus or is open. */
export const taskCommands = (hall: Hall, key: string): readonly Command[] => {
  const card = hall.store.cards.byKey(key)
  const project = hall.projects()?.find((one) => one.key === projectOf(key))
  if (card === undefined || project === undefined) return []
  const group = `Task ${key}`
  const copy = (what: string, text: string) => (): void => {
    copyText(text).then(
      (isDone) => hall.notices.show(isDone ? 'ok' : 'bad', isDone ? `${what} copied.` : NO_COPY),
      () => {},
    )
  }
  const free: readonly Command[] = [
    { id: 'task.copy-key', group, label: `Copy ${key}`, words: 'key id', run: copy('Key', key) },
    {
      id: 'task.copy-link',
      group,
      label: 'Copy link to the task',
      words: 'url address permalink',
      run: copy('Link', `${window.location.origin}/t/${key}`),
    },
  ]
  if (!hall.may('task:write', project.key)) return free
  const moves = project.columns
    .filter(({ name }) => name !== card.column)
    .map(
      ({ name }): Command => ({
        id: `task.move.${name}`,
        group,
        label: `Move to ${name}`,
        words: `status column ${key}`,
        run: () => void moveTask(hall, { card, project, goal: { column: name } }),
      }),
    )
  return [...moves, ...assigning(hall, card, group), ...priorities(hall, card, group), ...free]
}

const NO_COPY = 'This browser does not let the page copy here.'

const priorities = (hall: Hall, card: Card, group: string): readonly Command[] =>
  PRIORITIES.filter((priority) => priority !== card.priority).map((priority) => ({
    id: `task.priority.${priority}`,
    group,
    label: `Priority: ${priority}`,
    words: card.key,
    run: () =>
      void changeTasks(
        hall,
        [{ card, patch: { priority }, shown: { priority } }],
        `Priority of ${card.key}: ${priority}`,
      ),
  }))

const assigning = (hall: Hall, card: Card, group: string): readonly Command[] => {
  const me = hall.me()?.handle ?? null
  const { assignee, key } = card
  const to = (handle: string | null, said: string) => () =>
    void changeTasks(
      hall,
      [{ card, patch: { assignee: handle }, shown: { assignee: handle } }],
      said,
    )
  const mine: Command = {
    id: 'task.assign-me',
    group,
    label: 'Assign to me',
    words: `assignee take ${key}`,
    run: to(me, `${key} is assigned to you`),
  }
  const nobody: Command = {
    id: 'task.assign-nobody',
    group,
    label: `Take it from @${assignee ?? ''}`,
    words: `unassign assignee ${key}`,
    run: to(null, `${key} is assigned to nobody`),
  }
  return [...(me !== null && me !== assignee ? [mine] : []), ...(assignee === null ? [] : [nobody])]
}
