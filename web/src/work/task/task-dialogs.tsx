import type { Card, Task } from '../../../../src/work/contract.ts'
import type { Hall, Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { LinkDialog } from '../backlog/pick/link-dialog.tsx'
import type { Change, ChoiceKind } from '../board/edit/choices.ts'
import { Picker } from '../board/edit/picker.tsx'
import { saveCards } from '../edits.ts'
import { moveTask } from '../moves.ts'
import type { Asked } from './asked.ts'
import { saveTask } from './edit/save-task.ts'
import { FactDialog } from './facts/fact-dialogs.tsx'
import { HandBack } from './run/hand-back.tsx'
import { ReasonDialog } from './run/reason-dialog.tsx'
import type { Acts } from './run/use-acts.ts'

type TaskDialogsProps = Readonly<{
  task: Task
  project: Project
  asked: Asked
  acts: Acts
  close(): void
}>

const REASON_CHARS_MAX = 1000
const FLAG_CHARS_MAX = 500

/** Shows what is asked over a task that is open. */
export const TaskDialogs = (props: TaskDialogsProps) => {
  const { task, project, asked, acts, close } = props
  const hall = useHall()
  const { key, holder } = task
  const then = (act: (reason: string) => void) => (reason: string) => {
    close()
    act(reason)
  }
  const who = `@${holder ?? 'the holder'}`
  switch (asked.kind) {
    case 'pick':
      return (
        <Picker
          kind={asked.what}
          cards={[task]}
          {...{ project, close }}
          choose={(change) => choose(hall, { task, project, what: asked.what, change })}
        />
      )
    case 'fact':
      return <FactDialog what={asked.what} {...{ task, project, close }} />
    case 'links':
      return (
        <LinkDialog
          card={task}
          close={() => {
            close()
            hall.details.confirm(key).catch(() => {})
          }}
        />
      )
    case 'hand back':
      return (
        <HandBack
          taskKey={key}
          close={close}
          handBack={(input) => {
            close()
            acts.handBack(input)
          }}
        />
      )
    case 'stop':
      return (
        <ReasonDialog
          title={`Ask ${who} to stop`}
          about={
            `${who} hears it with the next reply, and keeps ${key} until then. ` +
            'To have it at once, take it over.'
          }
          button="Ask to stop"
          maxLength={REASON_CHARS_MAX}
          close={close}
          done={then(acts.stop)}
        />
      )
    case 'release':
      return (
        <ReasonDialog
          title={`Release ${key}`}
          about={
            `The attempt of ${who} ends at once and their next call is refused. ` +
            'The task goes back to the queue, where any agent may take it.'
          }
          button="Release"
          maxLength={REASON_CHARS_MAX}
          close={close}
          done={then(acts.release)}
        />
      )
    default:
      return (
        <ReasonDialog
          title={`Flag ${key}`}
          about="Nobody can claim a task as long as it is flagged. Say what it waits for."
          button="Flag"
          isNeeded
          maxLength={FLAG_CHARS_MAX}
          close={close}
          done={then((reason) => {
            const fields = { blocked: reason }
            const back = { blocked: null }
            saveTask(hall, { task, fields, shown: fields, back, said: 'flagged' }).catch(() => {})
          })}
        />
      )
  }
}

type Chosen = Readonly<{ task: Task; project: Project; what: ChoiceKind; change: Change }>

const choose = (hall: Hall, { task, project, what, change }: Chosen): void => {
  const card: Card = hall.store.cards.get(task.id) ?? task
  const column = change.shown(card).column
  // A status that is chosen gives the card a place among its new neighbours.
  const done =
    what === 'status' && column !== undefined
      ? moveTask(hall, { card, project, goal: { column } })
      : saveCards(hall, { cards: [card], ...change })
  done.then(() => hall.details.confirm(task.key)).catch(() => {})
}
