import { nearest } from '../../kernel/text.ts'
import { refuse } from '../../kernel/refusal.ts'
import { CATEGORIES, type Category } from './words.ts'

/** A column of a board and what limits it. */
export type Column = Readonly<{
  id: string
  name: string
  category: Category
  role: 'review' | null
  wipLimit: number | null
  wipHard: boolean
  wipUsed: number
}>

const isCategory = (word: string): word is Category =>
  CATEGORIES.some((category) => category === word)

/** Finds the column that a word means: its name in any case, or a category's first column. */
export const columnFor = (columns: readonly Column[], word: string, field: string): Column => {
  const wanted = word.trim().toLowerCase()
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]+/g, '')
  const named =
    columns.find(({ name }) => name.toLowerCase() === wanted) ??
    columns.find(({ name }) => plain(name) === plain(wanted))
  if (named) return named
  const first = isCategory(wanted)
    ? (columns.find(({ category, role }) => category === wanted && role === null) ??
      columns.find(({ category }) => category === wanted))
    : undefined
  if (first) return first
  const names = columns.map(({ name }) => name)
  const near = nearest(word, names)
  const hint = near ? `did you mean "${near}"?` : `there are ${names.join(', ')}.`
  const message = `${field}: there is no column "${word}"; ${hint}`
  throw refuse('invalid', 'work.column_unknown', message, { field, allowed: names })
}

/** Finds the column in which tasks wait to be claimed, else the first of the board. */
export const queueColumn = (columns: readonly Column[]): Column | undefined =>
  columns.find(({ category }) => category === 'unstarted') ?? columns[0]
