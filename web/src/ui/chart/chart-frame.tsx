import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../button.tsx'
import { download } from '../download.ts'
import { Panel } from '../panel.tsx'
import { csvOf } from '../table/csv.ts'
import { type Column, DataTable } from '../table/data-table.tsx'
import { Legend, type Named } from './mark.tsx'
import { CHART_PX } from './plot.tsx'
import { Segments } from './segments.tsx'

/** Whether a chart is seen, or the table of what it draws. */
export type Look = 'chart' | 'table'

/** What a chart draws, as rows: the table and the file are made of the same ones. */
export type Twin<Row> = Readonly<{
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey(row: Row): string
  /** The name of the file, without its ending. */
  file: string
}>

type ChartFrameProps<Row> = Readonly<{
  title: string
  /** Says in a sentence how the numbers are counted. */
  definition: string
  look: Look
  change(look: Look): void
  twin: Twin<Row>
  legend?: readonly Named[]
  /** What the numbers say, in words: for the chart and for the table. */
  finding?: ReactNode
  /** Of which days and of which moment it tells. */
  tells: string
  children: ReactNode
}>

const LOOKS = [
  { value: 'chart', name: 'Chart' },
  { value: 'table', name: 'Table' },
] as const

/** Shows a chart with what it means, and the same numbers as a table and as a file. */
export const ChartFrame = <Row,>(props: ChartFrameProps<Row>) => {
  const { title, definition, look, change, twin, legend, finding, tells, children } = props
  const { columns, rows, rowKey, file } = twin
  const end = (
    <>
      <Segments label={`${title} as`} options={LOOKS} value={look} change={change} />
      <Button
        look="quiet"
        aria-label={`${title} as CSV`}
        onClick={() => download(`${file}.csv`, csvOf(columns, rows))}
      >
        <Download className="size-4" /> CSV
      </Button>
    </>
  )
  return (
    <FrameBox title={title} definition={definition} end={end}>
      {finding !== undefined && <div className="px-4 pb-2 text-list">{finding}</div>}
      {look === 'table' ? (
        <DataTable caption={title} columns={columns} rows={rows} rowKey={rowKey} />
      ) : (
        <>
          {legend !== undefined && (
            <div className="px-4 pb-1">
              <Legend items={legend} />
            </div>
          )}
          <div className="px-2">{children}</div>
        </>
      )}
      <p className="px-4 pt-1 pb-3 text-meta text-text-3">{tells}</p>
    </FrameBox>
  )
}

type FrameBoxProps = Readonly<{
  title: string
  definition: string
  end?: ReactNode
  children: ReactNode
}>

/** Shows the panel that a chart or what stands in for it lies in. */
export const FrameBox = ({ title, definition, end, children }: FrameBoxProps) => (
  <Panel
    title={title}
    about={definition}
    action={end !== undefined && <div className="flex items-center gap-1">{end}</div>}
    dense
  >
    {children}
  </Panel>
)

/** Keeps the room of a chart for what stands in for it. */
export const ChartRoom = ({ children }: Readonly<{ children: ReactNode }>) => (
  <div className="grid place-items-center px-4 pb-4" style={{ minHeight: CHART_PX }}>
    {children}
  </div>
)
