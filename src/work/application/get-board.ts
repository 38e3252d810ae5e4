import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { type Card, CardView, ColumnView, ProjectKey } from '../contract.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Cards that a board shows of a column; lists with a filter show the rest. */
const CARDS_MAX = 200
const KEYS_SAID_MAX = 12

const BoardView = z.object({
  key: z.string(),
  name: z.string(),
  sprint: z.int().nullable(),
  columns: z.array(ColumnView.extend({ count: z.int(), cards: z.array(CardView) })),
})

/** Shows a project's board: its columns with their first cards. */
export const getBoard = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.get_board',
  about: 'Show the board of a project: columns, limits and cards.',
  input: z.strictObject({ project: ProjectKey }),
  output: BoardView,
  access: 'board:read',
  effect: 'read',
  http: 'GET /projects/:project/board',
  mcp: null, // agents read the resource
  cached: true,
  scope: ({ project }) => [project],
  resource: 'guildhall://board/{project}',
  say: ({ key, name, sprint, columns }) =>
    [`${key} ${name}${sprint === null ? '' : `, sprint ${sprint}`}`, ...columns.map(line)].join(
      '\n',
    ),
  async run({ project }, { projects, boards }) {
    const { id, key, name } = await projects.view(project)
    const [columns, { sprint }] = await Promise.all([boards.board(id, CARDS_MAX), boards.facts(id)])
    const shown = columns.map((column) => ({ ...column, cards: [...column.cards] }))
    return { key, name, sprint, columns: shown }
  },
})

type Column = z.output<typeof BoardView>['columns'][number]

/** Says a column in one line: how full it is, and what stands in front. */
const line = ({ name, limit, count, cards }: Column): string => {
  const full = limit === null ? `${count}` : `${count}/${limit}`
  const said = cards.slice(0, KEYS_SAID_MAX).map(card)
  const more = count > said.length && said.length > 0 ? ` +${count - said.length}` : ''
  return `${name} ${full}${said.length > 0 ? `: ${said.join(', ')}` : ''}${more}`
}

const card = ({ key, holder, blocked }: Card): string =>
  `${key}${holder === null ? '' : ` @${holder}`}${blocked === null ? '' : ' blocked'}`
