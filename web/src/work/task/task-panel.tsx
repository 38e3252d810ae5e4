import { useParams, useSearch } from '@tanstack/react-router'
import { Archive, ArchiveRestore, Flag, Link2, MoveRight } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { projectOf } from '../../live/cards.ts'
import type { Detail } from '../../live/details.ts'
import type { Hall } from '../../live/hall.ts'
import { useDetail, useHall, useProject, useTopic } from '../../live/use-hall.ts'
import { useKeys } from '../../shell/keys.ts'
import { copyText } from '../../ui/copy-box.tsx'
import type { MenuItem } from '../../ui/over/menu.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { useNarrow } from '../../ui/use-narrow.ts'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { archiveChange } from '../board/edit/archive.ts'
import { assigneeChange } from '../board/edit/choices.ts'
import { saveCards } from '../edits.ts'
import type { Asked } from './asked.ts'
import { saveTask } from './edit/save-task.ts'
import { useActs } from './run/use-acts.ts'
import { TaskBody } from './task-body.tsx'
import { TaskDialogs } from './task-dialogs.tsx'
import { TaskHead } from './task-head.tsx'
import { taskKeys } from './task-keys.ts'
import { useShownTask } from './use-shown-task.ts'

/** Shows the task in the address, kept fresh. */
export const TaskPanel = () => {
  const { key = '' } = useParams({ strict: false })
  const { full } = useSearch({ strict: false })
  const { details } = useHall()
  const detail = useDetail(key)
  const title = detail?.task?.title
  // The board lies beside it, and has a name of its own.
  usePageTitle(title === undefined ? key : `${key} ${title}`, 1)
  useEffect(() => details.watch(key), [details, key])
  const isFull = full === 1
  const isNarrow = useNarrow()
  return (
    <div
      // Where the board is not to be seen, the task is what the page is about.
      role={isFull || isNarrow ? 'main' : 'complementary'}
      aria-label={`Task ${key}`}
      className={`flex min-h-0 flex-col border-line bg-surface max-lg:w-full
        ${isFull ? 'min-w-0 flex-1' : 'w-[30rem] shrink-0 lg:border-l'}`}
    >
      {detail?.task ? (
        <Opened key={detail.task.key} task={detail.task} detail={detail} isFull={isFull} />
      ) : (
        <>
          <TaskHead taskKey={key} task={null} isFull={isFull} items={[]} />
          <Unread detail={detail} taskKey={key} again={() => details.refresh()} />
        </>
      )}
    </div>
  )
}

type UnreadProps = Readonly<{ detail: Detail | undefined; taskKey: string; again(): void }>

const Unread = ({ detail, taskKey, again }: UnreadProps) => {
  if (detail === undefined) {
    return (
      <Waiting what={taskKey} again={again}>
        <Skeleton lines={8} className="p-4" />
      </Waiting>
    )
  }
  return (
    <ErrorState title={`${taskKey} cannot be shown`} said={detail.trouble ?? ''} again={again} />
  )
}

type OpenedProps = Readonly<{ task: Task; detail: Detail; isFull: boolean }>

const Opened = ({ task: read, detail, isFull }: OpenedProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const task = useShownTask(read)
  const project = useProject(task.key)
  const acts = useActs(task)
  const [asked, setAsked] = useState<Asked | null>(null)
  const mayWrite = hall.may('task:write', projectOf(task.key))
  const isMine = task.holder !== null && task.holder === me?.handle
  const mayTake = task.holder !== null && hall.may('task:takeover', projectOf(task.key))
  const archive = (): void => setArchived(hall, task, true)
  const mine = (): void => {
    if (me === null) return
    saveCards(hall, { cards: [task], ...assigneeChange(me.handle) })
      .then(() => hall.details.confirm(task.key))
      .catch(() => {})
  }
  const handBack = (): void => setAsked({ kind: 'hand back' })
  useKeys(
    'Task',
    taskKeys({
      ...{ taskKey: task.key, mayWrite, ask: setAsked, mine, archive },
      takeOrGive: isMine ? handBack : mayTake ? acts.takeOver : null,
    }),
  )
  const items = mayWrite ? menuOf(hall, task, setAsked) : [copyLink(hall, task)]
  return (
    <>
      <TaskHead taskKey={task.key} {...{ task, isFull, items }} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
        <TaskBody {...{ task, detail, acts, isFull }} ask={setAsked} />
      </div>
      {asked !== null && project !== undefined && (
        <TaskDialogs {...{ task, project, asked, acts }} close={() => setAsked(null)} />
      )}
    </>
  )
}

const setArchived = (hall: Hall, task: Task, archived: boolean): void => {
  const done = archived
    ? saveCards(hall, { cards: [task], ...archiveChange })
    : saveTask(hall, {
        ...{ task, fields: { archived }, shown: { archived }, back: { archived: true } },
        said: 'is back',
      })
  done.then(() => hall.details.confirm(task.key)).catch(() => {})
}

const menuOf = (hall: Hall, task: Task, ask: (what: Asked) => void): readonly MenuItem[] => [
  {
    ...{ label: 'Move to a column', keys: 's', icon: <MoveRight className="size-4" /> },
    run: () => ask({ kind: 'pick', what: 'status' }),
  },
  {
    ...{ label: 'Flag', about: 'Nobody can claim it then.', isOff: task.blocked !== null },
    ...{ icon: <Flag className="size-4" />, run: () => ask({ kind: 'flag' }) },
  },
  copyLink(hall, task),
  task.archived
    ? {
        ...{ label: 'Bring back', icon: <ArchiveRestore className="size-4" /> },
        run: () => setArchived(hall, task, false),
      }
    : {
        ...{ label: 'Archive', keys: 'e', icon: <Archive className="size-4" /> },
        run: () => setArchived(hall, task, true),
      },
]

const copyLink = ({ notices }: Hall, { key }: Task): MenuItem => ({
  ...{ label: 'Copy the link', icon: <Link2 className="size-4" /> },
  run() {
    const link = `${window.location.origin}/t/${key}`
    // Plain HTTP over the network has no clipboard: then the link is shown, to be copied by hand.
    copyText(link).then(
      (isDone) => notices.show('ok', isDone ? `The link to ${key} is copied.` : link),
      () => {},
    )
  },
})
