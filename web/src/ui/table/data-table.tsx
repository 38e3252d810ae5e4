import type { ReactNode } from 'react'

/** A column: what it says of a row, and how that is shown where a text is not enough. */
export type Column<Row> = Readonly<{
  id: string
  name: string
  value(row: Row): string | number | null
  show?: (row: Row) => ReactNode
  isNumber?: boolean
}>

type DataTableProps<Row> = Readonly<{
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey(row: Row): string
}>

/** Rows that are shown; beyond it a file is the better place to look. */
const SHOWN_MAX = 500

/** Shows rows as a table; what does not fit scrolls inside of it, below its heads. */
export const DataTable = <Row,>({ caption, columns, rows, rowKey }: DataTableProps<Row>) => (
  <div className="min-w-0">
    {/* It scrolls by keys, too: what scrolls must be able to have the focus. */}
    <div
      className="max-h-96 overflow-auto -outline-offset-2"
      tabIndex={0}
      role="group"
      aria-label={caption}
    >
      <table className="w-full border-collapse text-list">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-surface">
          <tr>
            {columns.map(({ id, name, isNumber }) => (
              <th key={id} scope="col" className={`font-medium text-text-2 ${placeOf(isNumber)}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_MAX).map((row) => (
            <tr key={rowKey(row)} className="border-t border-line hover:bg-hover">
              {columns.map(({ id, value, show, isNumber }) => (
                <td key={id} dir="auto" className={placeOf(isNumber)}>
                  {show === undefined ? plain(value(row)) : show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    {rows.length > SHOWN_MAX && (
      <p className="px-4 py-2 text-meta text-text-3">
        The first {SHOWN_MAX} of {rows.length}; the CSV has all of them.
      </p>
    )}
  </div>
)

// A long text is cut where people read it, and whole in the file.
const plain = (value: string | number | null): ReactNode =>
  typeof value === 'string' ? (
    <span className="block max-w-80 truncate" title={value}>
      {value}
    </span>
  ) : (
    value
  )

const placeOf = (isNumber = false): string =>
  `h-8 px-2.5 whitespace-nowrap first:pl-4 last:pr-4 ${isNumber ? 'text-right' : 'text-left'}`
