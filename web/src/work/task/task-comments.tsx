import { type KeyboardEvent, type SubmitEvent, useState } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { shape } from '../../live/api.ts'
import { projectOf } from '../../live/cards.ts'
import type { Comment } from '../../live/details.ts'
import { useHall } from '../../live/use-hall.ts'
import { Person } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { RichText } from '../../ui/rich-text.tsx'
import { Section } from './task-section.tsx'

const isComment = shape<Comment>('id', 'body')
const SHOWN_MAX = 50

type CommentsProps = Readonly<{ task: Task; comments: readonly Comment[] }>

/** Shows what was said about a task, and takes more. */
export const Comments = ({ task, comments }: CommentsProps) => {
  const hall = useHall()
  const [isWhole, setWhole] = useState(false)
  const hidden = isWhole ? 0 : Math.max(0, comments.length - SHOWN_MAX)
  return (
    <Section title="Comments" count={comments.length}>
      {hidden > 0 && (
        <Button look="quiet" className="mb-2" onClick={() => setWhole(true)}>
          Show {hidden} earlier comments
        </Button>
      )}
      <ol className="mb-4 grid gap-4 empty:hidden">
        {comments.slice(hidden).map(({ id, author, body, at }) => (
          <li key={id}>
            <div className="mb-1 flex items-center gap-2 text-list">
              <span className="font-medium">
                {author === null ? 'Somebody' : <Person handle={author} />}
              </span>
              <span className="text-meta text-text-3">
                <Moment at={at} />
              </span>
            </div>
            <RichText text={body} />
          </li>
        ))}
      </ol>
      {hall.may('comment:write', projectOf(task.key)) && <Composer taskKey={task.key} />}
    </Section>
  )
}

const Composer = ({ taskKey }: Readonly<{ taskKey: string }>) => {
  const hall = useHall()
  const [body, setBody] = useState('')
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    if (body.trim() === '' || isBusy) return
    setBusy(true)
    try {
      await hall.api.write(`/tasks/${taskKey}/comments`, { body }, isComment)
      setBody('')
      hall.details.refresh()
      hall.notices.say('Comment added')
    } catch (thrown) {
      hall.notices.show('bad', thrown instanceof Error ? thrown.message : String(thrown))
    } finally {
      setBusy(false)
    }
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    send().catch(() => {})
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send().catch(() => {})
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
  }
  return (
    <form onSubmit={onSubmit}>
      <textarea
        aria-label="Comment"
        placeholder="Write a comment in Markdown"
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={onKeyDown}
        maxLength={16_000}
        rows={3}
        dir="auto"
        className="block w-full resize-y rounded-control border border-edge bg-surface px-2.5
          py-1.5"
      />
      <div className="mt-2 flex items-center justify-end gap-3">
        <span className="text-meta text-text-3 pointer-coarse:hidden">Ctrl Enter</span>
        <Button type="submit" disabled={isBusy || body.trim() === ''}>
          Comment
        </Button>
      </div>
    </form>
  )
}
