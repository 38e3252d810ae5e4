import type { DelegationView } from '../../../../src/context/contract.ts'
import { shape } from '../../live/api.ts'
import { type ApprovalItem, INBOX_TOPIC } from '../../live/inbox.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { mayAnywhere } from '../../tools/may.ts'
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

type Question = Readonly<{
  key: string
  text: string
  task: string | null
  project: string
  askedBy: string
  askedAt: string
}>
type Proposal = (typeof DelegationView)['_output']
type Items<T> = Readonly<{ items: readonly T[] }>

const QUESTIONS = { is: shape<Items<Question>>('items'), wants: /^work\.question_/ }
const PROPOSALS = { is: shape<Items<Proposal>>('items'), wants: /^context\.delegation_/ }
const WAITING = { is: isWaiting, wants: WORK_EVENTS }

/** Gathers what waits for this person: each kind is asked for where they may answer it. */
export const useNeeds = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const approvals = useTopic(INBOX_TOPIC, hall.inbox.waiting)
  const path = (permission: string, address: string) =>
    mayAnywhere(me, permission) ? address : null
  const questions = useLive(path('task:write', '/questions?open=true&limit=50'), QUESTIONS)
  const waiting = useLive(path('task:write', '/work/waiting?limit=50'), WAITING)
  const proposals = useLive(
    path('context:accept', '/delegations?state=pending&limit=50'),
    PROPOSALS,
  )
  const needs = [
    ...(approvals ?? []).map(ofApproval),
    ...(questions.data?.items.toReversed() ?? []).map(ofQuestion),
    ...(waiting.data?.items ?? []).map(ofWaiting),
    ...(proposals.data?.items ?? []).map(ofProposal),
  ]
  return {
    needs,
    trouble: questions.trouble ?? waiting.trouble ?? proposals.trouble,
    again() {
      for (const one of [questions, waiting, proposals]) one.again()
    },
    isKnown: approvals !== null && me !== null,
  }
}

const ofApproval = ({ key, text, requester, project, askedAt }: ApprovalItem): Need => ({
  ...{ kind: 'approval', key, text, who: requester, about: project, at: askedAt, task: null },
})

const ofQuestion = ({ key, text, task, project, askedBy, askedAt }: Question): Need => ({
  ...{ kind: 'question', key, text, who: askedBy, about: task ?? project, at: askedAt, task },
})

const ofWaiting = ({ kind, key, title, assignee, summary, since }: Waiting): Need => ({
  ...{ kind, key, text: title, who: assignee, about: summary, at: since, task: key },
})

const ofProposal = ({ id, path, to, openedBy, openedAt, reason }: Proposal): Need => ({
  ...{ kind: 'proposal', key: id, text: `${to}: ${path}`, who: openedBy, about: reason },
  ...{ at: openedAt, task: null },
})
