import type { QueueReason } from '../domain/readiness.ts'

/** What is looked for in the queue of a project, and for whom. */
export type QueueAsked = Readonly<{
  projectId: string
  /** Whose own tasks come first; `null`: nobody's. */
  forId: string | null
  /** `ready`: what can be handed out; `null`: all that is in the queue and waits. */
  show: 'ready' | QueueReason | null
  now: number
  limit: number
  cursor: string | null
}>

/** Tasks by what keeps them from being handed out; one may count under several reasons. */
export type QueueCounts = Readonly<Record<'ready' | 'waiting' | QueueReason, number>>

/** Reads the queue of a project in the order in which it is handed out. */
export type QueueStore = {
  page(
    asked: QueueAsked,
  ): Promise<
    Readonly<{ items: readonly Readonly<{ key: string; title: string }>[]; next: string | null }>
  >
  counts(projectId: string, now: number): Promise<QueueCounts>
}

/** What listing the queue uses besides `WorkNeeds` and `SaveNeeds`. */
export type QueueNeeds = Readonly<{ queue: QueueStore }>
