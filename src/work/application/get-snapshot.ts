import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { CardView, ProjectKey, ProjectView } from '../contract.ts'
import { DAY_MS } from '../domain/zone-days.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

const OPEN_MAX = 20_000
const CLOSED_MAX = 2_000
const CLOSED_DAYS = 14
/** Cards of a column that a client may ask for first: more than any screen shows. */
const FIRST_MAX = 200

const SnapshotView = z.object({
  /** The ledger's position that was read before the rows: events after it may be in them or not. */
  pos: z.int(),
  epoch: z.int(),
  /** Closed cards are here if they closed at this moment or later. */
  closedSince: z.string(),
  /** Set where there are more open cards than fit; columns page on by lists. */
  cut: z.boolean(),
  /** Columns of which only the first cards are here, and how many they have. */
  more: z.array(z.object({ project: z.string(), column: z.string(), cards: z.int() })),
  projects: z.array(
    ProjectView.omit({ open: true }).extend({ id: z.string(), sprint: z.int().nullable() }),
  ),
  cards: z.array(CardView),
})

/** Gives everything that boards show at once, for a client that then follows the stream. */
export const getSnapshot = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.get_snapshot',
  about: 'Give all open cards with a position of the ledger to follow the stream from.',
  input: z.strictObject({
    project: ProjectKey.optional(),
    first: z
      .int()
      .min(1)
      .max(FIRST_MAX)
      .optional()
      .describe('Only so many cards of each column, those in front; the rest is asked for later'),
  }),
  output: SnapshotView,
  access: 'board:read',
  effect: 'read',
  http: 'GET /snapshot',
  mcp: null,
  scope: ({ project }) => (project ? [project] : []),
  say: ({ pos, projects, cards }) =>
    `${cards.length} cards of ${projects.length} projects at ledger position ${pos}`,
  async run({ project, first }, { projects, boards, call, visible }) {
    const ids = project === undefined ? visible : [(await projects.view(project)).id]
    // First the position, then the rows: what happens in between comes twice, never not at all.
    const position = await boards.position()
    const closedSince = call.now - CLOSED_DAYS * DAY_MS
    const [shown, { cards, more }] = await Promise.all([
      boards.projects(ids),
      first === undefined
        ? boards.cards(ids, { openMax: OPEN_MAX + 1, closedMax: CLOSED_MAX, closedSince })
        : boards.firstCards(ids, { first, closedSince }),
    ])
    const open = cards.filter(({ category }) => category !== 'completed' && category !== 'canceled')
    const over = open.length > OPEN_MAX ? open.at(-1) : undefined
    return {
      ...position,
      closedSince: new Date(closedSince).toISOString(),
      cut: over !== undefined,
      more: [...more],
      projects: shown.map((one) => ({
        ...one,
        columns: [...one.columns],
        branches: [...one.branches],
      })),
      cards: cards.filter((card) => card !== over),
    }
  },
})
