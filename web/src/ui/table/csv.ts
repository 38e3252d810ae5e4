/** A column of a table: what it is called and what it says of a row. */
export type CsvColumn<Row> = Readonly<{
  name: string
  value(row: Row): string | number | null
}>

// Spreadsheets run a cell that begins with one of these; a quote in front makes it a text.
const FORMULA = /^[=+\-@\t\r]/

/** Writes rows as CSV, as RFC 4180 has it. */
export const csvOf = <Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string =>
  [columns.map(({ name }) => cell(name)), ...rows.map((row) => columns.map(cellOf(row)))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('')

const cellOf =
  <Row>(row: Row) =>
  ({ value }: CsvColumn<Row>): string =>
    cell(value(row))

const cell = (value: string | number | null): string => {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
