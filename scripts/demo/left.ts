import { z } from 'zod'
import type { TestHub } from '../../test/hub.ts'

const Card = z.object({
  key: z.string(),
  ready: z.boolean(),
  blocked: z.string().nullable(),
  openBlockers: z.int(),
  heldAbove: z.int(),
  openChildren: z.int(),
  delegate: z.string().nullable(),
  assignee: z.string().nullable(),
})
type Card = z.infer<typeof Card>

const Board = z.object({
  columns: z.array(
    z.object({ name: z.string(), category: z.string(), count: z.int(), cards: z.array(Card) }),
  ),
})

/** What is still open in a project, and why nobody is handed it. */
export type Left = Readonly<{ open: number; ready: number; sentence: string }>

const REASONS: readonly (readonly [string, (card: Card) => boolean])[] = [
  ['blocked by a person', (card) => card.blocked !== null],
  ['wait for an open blocker', (card) => card.openBlockers > 0],
  ['have an ancestor that waits', (card) => card.heldAbove > 0],
  ['have an open subtask', (card) => card.openChildren > 0],
  ['are for somebody else', (card) => (card.delegate ?? card.assignee) !== null],
  ['are ready', () => true],
]

const WAITING: Readonly<Record<string, string>> = {
  triage: 'for a person to decide',
  backlog: 'not in the queue',
  started: 'running or in review',
}

/** Reads the board as a person sees it and says what is left on it. */
export const leftOver = async (hub: TestHub, project: string): Promise<Left> => {
  const { status, body } = await hub.api('GET', `/v1/projects/${project}/board`)
  if (status !== 200) throw new Error(`The board answered ${status}.`)
  const { columns } = Board.parse(body)
  const open = columns.filter(({ category }) => category !== 'completed' && category !== 'canceled')
  const count = (list: typeof open) => list.reduce((sum, column) => sum + column.count, 0)
  const queue = open.filter(({ category }) => category === 'unstarted')
  const cards = queue.flatMap((column) => column.cards)
  const counts = new Map<string, number>()
  for (const card of cards) {
    const reason = REASONS.find(([, holds]) => holds(card))?.[0] ?? ''
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const parts = [
    ...[...counts].map(([reason, number]) => `${number} ${reason}`),
    ...open
      .filter(({ category, count: number }) => category !== 'unstarted' && number > 0)
      .map(({ name, category, count: number }) => `${number} in ${name}, ${WAITING[category]}`),
  ]
  const ready = cards.filter((card) => card.ready && (card.delegate ?? card.assignee) === null)
  const total = count(open)
  const sentence = total === 0 ? 'nothing is open.' : `${total} open: ${parts.join('; ')}.`
  return { open: count(queue), ready: ready.length, sentence }
}
