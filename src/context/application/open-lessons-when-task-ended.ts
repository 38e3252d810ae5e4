import type { Words } from '../../kernel/operation.ts'
import { shorten } from '../../kernel/text.ts'
import { TaskEnded } from '../../work/events.ts'
import { LEARNED_CHARS_MAX, LEARNED_MAX, learnedWishes, readLearned } from '../domain/delegation.ts'
import type { ContextNeeds, Step } from './ports.ts'
import { openOrCount } from './share-context.ts'

type Sealed = Readonly<{
  actor: string | null
  data: Readonly<Record<string, unknown>>
  parts: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}>

/**
 * Proposes to the project what a finished attempt has learned; equal lessons count up. Refuses
 * while the project's own `learned` is no list: the event waits until somebody has put it right.
 */
export const openLessonsWhenTaskEnded = {
  name: 'context.open_lessons',
  events: [TaskEnded],
  wants: ({ parts }: Sealed) => parts['content']?.['learned'] !== undefined,
  async run(event: Sealed, words: ContextNeeds & Words): Promise<void> {
    const content = TaskEnded.parts.content.safeParse(event.parts['content'])
    const learned = content.success ? (content.data.learned ?? []) : []
    if (learned.length === 0) return
    const { key, taskId, projectId, holder } = TaskEnded.shape.parse(event.data)
    // What ended is over: nobody could shorten a lesson any more, so it is cut.
    const short = learned
      .slice(0, LEARNED_MAX)
      .map((text) => shorten(text.trim(), LEARNED_CHARS_MAX).toWellFormed())
    const by = holder ?? event.actor ?? words.call.actor.id
    const from = { tier: 'task', at: key, id: taskId, projectId } as const
    const steps: readonly Step[] = [
      { tier: 'global', id: words.call.actor.orgId },
      { tier: 'project', id: projectId },
    ]
    const to = { at: key.slice(0, key.lastIndexOf('-')), steps }
    for (const wish of learnedWishes(readLearned(short), from, by)) {
      await openOrCount(words, { ...wish, from, to })
    }
  },
}
