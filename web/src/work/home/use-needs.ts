import {
  type ApprovalItem,
  INBOX_TOPIC,
  type OpenQuestion,
  type Proposal,
} from '../../live/inbox.ts'
import { mayAnywhere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { isWaiting, type Waiting, WORK_EVENTS } from '../people-views.ts'

/** Something that waits for a person. */
export type Need = Readonly<{
  kind: 'approval' | 'question' | 'failed' | 'review' | 'proposal'
  key: string
  text: string
  who: string | null
  about: string | null
  at: string
  /** The task it is about. */
  task: string | null
}>

const WAITING = { is: isWaiting, wants: WORK_EVENTS }

/** Gathers what waits for this person: what is in the inbox, and tasks that stand still. */
export const useNeeds = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const approvals = useTopic(INBOX_TOPIC, hall.inbox.waiting)
  const questions = useTopic(INBOX_TOPIC, hall.inbox.questions)
  const proposals = useTopic(INBOX_TOPIC, hall.inbox.proposals)
  const trouble = useTopic(INBOX_TOPIC, hall.inbox.trouble)
  const mayWork = mayAnywhere(me, 'task:write')
  const waiting = useLive(mayWork ? '/work/waiting?limit=50' : null, WAITING)
  const needs = [
    ...(approvals ?? []).map(ofApproval),
    ...questions.map(ofQuestion),
    ...(waiting.data?.items ?? []).map(ofWaiting),
    ...proposals.map(ofProposal),
  ]
  return {
    needs,
    trouble: trouble ?? waiting.trouble,
    again() {
      waiting.again()
      hall.inbox.read().catch(() => {})
    },
    isKnown: approvals !== null && me !== null,
  }
}

const ofApproval = ({ key, text, requester, project, askedAt }: ApprovalItem): Need => ({
  ...{ kind: 'approval', key, text, who: requester, about: project, at: askedAt, task: null },
})

const ofQuestion = ({ key, text, task, project, askedBy, askedAt }: OpenQuestion): Need => ({
  ...{ kind: 'question', key, text, who: askedBy, about: task ?? project, at: askedAt, task },
})

const ofWaiting = ({ kind, key, title, assignee, summary, since }: Waiting): Need => ({
  ...{ kind, key, text: title, who: assignee, about: summary, at: since, task: key },
})

const ofProposal = ({ id, path, to, openedBy, openedAt, reason }: Proposal): Need => ({
  ...{ kind: 'proposal', key: id, text: `${to}: ${path}`, who: openedBy, about: reason },
  ...{ at: openedAt, task: null },
})
