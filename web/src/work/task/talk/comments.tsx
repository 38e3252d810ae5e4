import { memo, useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import { projectOf } from '../../../live/cards.ts'
import type { Comment, Talk } from '../../../live/details.ts'
import { whyOf } from '../../../live/own/why-of.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Person } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/button.tsx'
import { Moment } from '../../../ui/moment.tsx'
import { RichText } from '../../../ui/rich-text.tsx'
import { useDraft } from '../edit/drafts.ts'
import { Section } from '../task-section.tsx'
import { LongList } from './long-list.tsx'
import { MarkdownBox } from './markdown-box.tsx'

const isComment = shape<Comment>('id', 'body')
const COMMENT_CHARS_MAX = 16_000

type CommentsProps = Readonly<{ task: Task; talk: Talk }>

/** Shows what was said about a task, the newest of it first of all, and takes more. */
export const Comments = ({ task, talk }: CommentsProps) => {
  const hall = useHall()
  const { items, total, earlier } = talk
  return (
    <Section title="Comments" count={total}>
      {earlier !== null && <Earlier taskKey={task.key} hidden={total - items.length} />}
      {items.length > 0 && (
        <div className="mb-4">
          <LongList label="Comments" items={items} total={total} idOf={idOf} show={showComment} />
        </div>
      )}
      {hall.may('comment:write', projectOf(task.key)) && <Composer taskKey={task.key} />}
    </Section>
  )
}

const idOf = ({ id }: Comment): string => id
const showComment = (comment: Comment) => <CommentLine comment={comment} />

// A comment never changes.
const CommentLine = memo(({ comment }: Readonly<{ comment: Comment }>) => {
  const { author, body, at } = comment
  return (
    <div data-comment={comment.id}>
      <div className="mb-1 flex items-center gap-2 text-list">
        <span className="min-w-0 font-medium">
          {author === null ? 'Somebody' : <Person handle={author} />}
        </span>
        <span className="text-meta text-text-3">
          <Moment at={at} />
        </span>
      </div>
      <RichText text={body} />
    </div>
  )
})
CommentLine.displayName = 'CommentLine'

type EarlierProps = Readonly<{ taskKey: string; hidden: number }>

const Earlier = ({ taskKey, hidden }: EarlierProps) => {
  const { details, notices } = useHall()
  const [isBusy, setBusy] = useState(false)
  const read = (): void => {
    setBusy(true)
    details
      .readEarlier(taskKey)
      .catch((thrown: unknown) => {
        notices.show('bad', whyOf(thrown))
      })
      .finally(() => setBusy(false))
  }
  return (
    <Button look="quiet" className="mb-2" disabled={isBusy} onClick={read}>
      Show earlier comments ({hidden.toLocaleString()})
    </Button>
  )
}

const Composer = ({ taskKey }: Readonly<{ taskKey: string }>) => {
  const hall = useHall()
  const draft = useDraft(`${taskKey} comment`)
  const [isBusy, setBusy] = useState(false)
  const body = draft.text ?? ''
  const send = async (): Promise<void> => {
    if (body.trim() === '' || isBusy) return
    setBusy(true)
    try {
      await hall.api.write(`/tasks/${taskKey}/comments`, { body }, isComment)
      draft.drop()
      await hall.details.confirm(taskKey)
      hall.notices.say('Comment added')
    } catch (thrown) {
      hall.notices.show('bad', whyOf(thrown))
    } finally {
      setBusy(false)
    }
  }
  const save = (): void => {
    send().catch(() => {})
  }
  return (
    <MarkdownBox
      label="Comment"
      placeholder="Write a comment; @ names somebody"
      value={body}
      change={draft.write}
      save={save}
      cancel={() => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      }}
      maxLength={COMMENT_CHARS_MAX}
      rows={3}
    >
      <Button disabled={isBusy || body.trim() === ''} onClick={save}>
        Comment
      </Button>
    </MarkdownBox>
  )
}
