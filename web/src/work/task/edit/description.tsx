import { useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Button } from '../../../ui/button.tsx'
import { RichText } from '../../../ui/rich-text.tsx'
import { MarkdownBox } from '../talk/markdown-box.tsx'
import { Section } from '../task-section.tsx'
import { Conflict } from './conflict.tsx'
import { type Draft, useDraft } from './drafts.ts'
import { saveTask } from './save-task.ts'
import { whoChangedField } from './who-changed.ts'

type DescriptionProps = Readonly<{ task: Task; mayWrite: boolean }>

/** Shows the description of a task, and the place to write it. */
export const Description = ({ task, mayWrite }: DescriptionProps) => {
  const [isOpen, setOpen] = useState(false)
  const draft = useDraft(`${task.key} description`)
  const isEmpty = task.body.trim() === ''
  const action = mayWrite && !isOpen && (
    <Button look="quiet" className="-my-1.5 ml-auto" onClick={() => setOpen(true)}>
      {isEmpty ? 'Write' : 'Edit'}
      <span className="sr-only"> the description</span>
    </Button>
  )
  if (isEmpty && !mayWrite) return null
  return (
    <Section title="Description" action={action}>
      {isOpen && <Editor task={task} draft={draft} close={() => setOpen(false)} />}
      {!isOpen && draft.text !== null && draft.text !== task.body && (
        <div className="mb-2 flex flex-wrap items-center gap-2 text-list text-text-2" role="status">
          There is a draft that was not saved.
          <Button onClick={() => setOpen(true)}>Go on writing</Button>
          <Button look="quiet" onClick={draft.drop}>
            Throw it away
          </Button>
        </div>
      )}
      {!isOpen && !isEmpty && <RichText text={task.body} />}
      {!isOpen && isEmpty && (
        <p className="text-list text-text-3">
          Nothing yet. What is wanted, and why, helps whoever takes it.
        </p>
      )}
    </Section>
  )
}

type EditorProps = Readonly<{ task: Task; draft: Draft; close(): void }>

const BODY_CHARS_MAX = 65_000

const Editor = ({ task, draft, close }: EditorProps) => {
  const hall = useHall()
  const [base, setBase] = useState({ body: task.body, version: task.version })
  const [isBusy, setBusy] = useState(false)
  const [isStale, setStale] = useState(false)
  const text = draft.text ?? base.body
  const leave = (): void => {
    draft.drop()
    close()
  }
  const save = async (version: number): Promise<void> => {
    if (isBusy) return
    if (text === task.body) return leave()
    setBusy(true)
    const saved = await saveTask(hall, {
      ...{ task, version, said: 'described anew', fields: { body: text }, shown: { body: text } },
      back: { body: task.body },
    })
    setBusy(false)
    setStale(saved === 'stale')
    if (saved === 'saved') leave()
  }
  const go = (version: number) => () => {
    save(version).catch(() => {})
  }
  const events = hall.details.get(task.key)?.events ?? []
  return (
    <>
      <MarkdownBox
        label="Description"
        value={text}
        change={draft.write}
        save={go(base.version)}
        // What was written stays as a draft: Escape is too near to lose a text to it.
        cancel={text === base.body ? leave : close}
        maxLength={BODY_CHARS_MAX}
        rows={10}
        first
      >
        <Button look="quiet" onClick={leave}>
          Cancel
        </Button>
        <Button disabled={isBusy} onClick={go(base.version)}>
          Save
        </Button>
      </MarkdownBox>
      {isStale && (
        <Conflict
          what="description"
          by={whoChangedField(events, 'body')}
          before={base.body}
          theirs={task.body}
          keepMine={() => {
            setBase({ body: task.body, version: task.version })
            go(task.version)()
          }}
          takeTheirs={leave}
        />
      )}
    </>
  )
}
