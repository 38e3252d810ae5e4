import { Link } from '@tanstack/react-router'
import { anything } from '../../live/api.ts'
import { projectOf } from '../../live/cards.ts'
import type { Reason } from '../../live/details.ts'
import { useHall, useProject } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { queueOf } from '../backlog/change/targets.ts'
import { QUESTION_FLAG } from '../words.ts'

type ReasonActProps = Readonly<{ taskKey: string; reason: Reason; again(): void }>

const SMALL = 'max-h-6'
// How the hub says that flag as a reason.
const QUESTION = `Blocked: ${QUESTION_FLAG}`
/** Beyond so many, ties are looked at on the page of their task. */
const TIES_MAX = 3

/** Shows what can be done against a reason from here. */
export const ReasonAct = ({ taskKey, reason, again }: ReasonActProps) => {
  const hall = useHall()
  const project = useProject(taskKey)
  if (!hall.may('task:write', projectOf(taskKey))) return null
  const { code, keys, text } = reason
  const change = (patch: object) => async (): Promise<void> => {
    await hall.api.change(['PATCH', `/tasks/${taskKey}`], patch, anything)
    again()
  }
  // The flag of a question goes with its answer, not before it.
  if (code === 'flagged' && text === QUESTION) {
    return (
      <Link to="/inbox" className="text-meta text-accent underline underline-offset-2">
        Answer it in the inbox
      </Link>
    )
  }
  if (code === 'flagged') {
    return (
      <ActButton className={SMALL} act={change({ blocked: null })}>
        Clear the flag
      </ActButton>
    )
  }
  if (code === 'held_until') {
    return (
      <ActButton className={SMALL} act={change({ hold_until: null })}>
        End the rest
      </ActButton>
    )
  }
  if (code === 'not_in_queue') {
    const queue = project && queueOf(project)
    if (queue === undefined) return null
    return (
      <ActButton className={SMALL} act={change({ status: queue.name })}>
        Move to {queue.name}
      </ActButton>
    )
  }
  if (code !== 'blocked_by' || keys.length > TIES_MAX) return null
  return keys.map((key) => (
    <ActButton
      key={key}
      className={SMALL}
      ask={{
        title: `${taskKey} waits for ${key}`,
        about: `Take this dependency away, so that ${taskKey} need not wait for ${key}?`,
        button: 'Take it away',
      }}
      act={async () => {
        const path = `/tasks/${taskKey}/dependencies/${key}`
        await hall.api.change(['DELETE', path], null, anything)
        again()
      }}
    >
      Need not wait for {key}
    </ActButton>
  ))
}
