import { type SubmitEvent, useMemo, useState } from 'react'
import { shape } from '../../../live/api.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { useDeed } from '../../../ui/form/deed.ts'
import { useBacklog } from '../backlog-context.ts'
import type { Group } from '../group/groups.ts'
import { itemsOf } from './items.ts'
import { Preview } from './preview.tsx'
import { readPasted } from './read-pasted.ts'
import { cutText } from '../../../ui/signs.ts'

type Made = Readonly<{ created: readonly Readonly<{ key: string }>[] }>

const isMade = shape<Made>('created')
const TEXT_LETTERS_MAX = 60_000

type PasteDialogProps = Readonly<{ text: string; group: Group; close(): void }>

/** Turns lines into tasks: a list is pasted or written, looked at, and made in one batch. */
export const PasteDialog = ({ text: given, group, close }: PasteDialogProps) => {
  const hall = useHall()
  const { groups, project, focusOn } = useBacklog()
  const [text, setText] = useState(cutText(given, TEXT_LETTERS_MAX))
  const [goal, setGoal] = useState(group.id)
  const deed = useDeed()
  const pasted = useMemo(() => readPasted(text), [text])
  const count = pasted.tasks.length
  const make = async (): Promise<void> => {
    const into = groups.find(({ id }) => id === goal) ?? group
    const items = itemsOf(pasted.tasks, into.place, project)
    const { created } = await hall.api.write('/tasks', { project: project.key, items }, isMade)
    for (const { key } of created) hall.store.reread(key)
    await hall.store.settled()
    const first = created[0]?.key ?? ''
    hall.notices.show('ok', count === 1 ? `${first} created` : `${count} tasks created`)
    close()
    const card = hall.store.cards.byKey(first)
    if (card) focusOn(card.id)
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (count > 0) deed.run(make)
  }
  return (
    <Dialog title={`New tasks in ${project.name}`} close={close} wide>
      <form onSubmit={onSubmit} className="grid gap-3 p-4">
        <label className="text-list font-medium">
          One task a line
          <textarea
            data-first="true"
            value={text}
            dir="auto"
            rows={given === '' ? 4 : 6}
            spellCheck={false}
            maxLength={TEXT_LETTERS_MAX}
            placeholder={'- Fix the door !high #hall 3p @ana\n  - Buy a hinge'}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault()
                event.currentTarget.form?.requestSubmit()
              }
            }}
            className="mt-1 block w-full rounded-control border border-edge bg-surface px-2.5 py-2
              font-mono font-normal"
          />
        </label>
        <p className="text-meta text-text-3">
          Lists, boxes and indentation are understood; a deeper line becomes a subtask. At the end
          of a line: <code>!high</code> priority, <code>#label</code>, <code>3p</code> points,{' '}
          <code>@who</code>.
        </p>
        <Preview pasted={pasted} />
        <p role="alert" className="text-list text-bad empty:hidden">
          {deed.trouble?.said}
        </p>
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" look="filled" disabled={deed.isBusy || count === 0}>
            {count === 1 ? 'Create 1 task' : `Create ${count} tasks`}
          </Button>
          <label className="flex items-center gap-2 text-list">
            in
            <select
              aria-label="Group"
              value={goal}
              onChange={({ target }) => setGoal(target.value)}
              className="h-8 rounded-control border border-edge bg-surface px-2"
            >
              {groups.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </form>
    </Dialog>
  )
}
