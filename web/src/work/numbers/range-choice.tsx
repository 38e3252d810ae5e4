import { CalendarDays } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Segments } from '../../ui/chart/segments.tsx'
import { Field } from '../../ui/form/field.tsx'
import { type OpenerProps, Popover } from '../../ui/over/popover.tsx'
import { SPANS, type Span } from './numbers-search.ts'
import { type Range, sayRange } from './range.ts'

type RangeChoiceProps = Readonly<{
  /** The number of days that is chosen; `null` where the days themselves are. */
  span: Span | null
  range: Range
  toSpan(span: Span): void
  toRange(range: Range): void
}>

const OPTIONS = SPANS.toSorted((a, b) => a - b).map((span) => ({
  value: String(span),
  name: `${span} days`,
}))

/** Shows the choice of the days that the charts tell of. */
export const RangeChoice = ({ span, range, toSpan, toRange }: RangeChoiceProps) => (
  <div className="flex flex-wrap items-center gap-1.5">
    <Segments
      label="Days"
      options={OPTIONS}
      value={span === null ? null : String(span)}
      change={(text) => toSpan(SPANS.find((one) => String(one) === text) ?? SPANS[0])}
    />
    <Popover
      label="Other days"
      align="end"
      className="w-64 p-3"
      button={opener(span === null ? sayRange(range) : 'Other days')}
    >
      {(close) => (
        <DaysForm
          range={range}
          done={(wanted) => {
            close()
            toRange(wanted)
          }}
        />
      )}
    </Popover>
  </div>
)

const opener = (text: string) => (props: OpenerProps) => (
  <Button {...props}>
    <CalendarDays className="size-4" /> {text}
  </Button>
)

type DaysFormProps = Readonly<{ range: Range; done(range: Range): void }>

const DaysForm = ({ range, done }: DaysFormProps) => {
  const [from, setFrom] = useState(range.from)
  const [to, setTo] = useState(range.to)
  const isTurned = from !== '' && to !== '' && from > to
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (from !== '' && to !== '' && !isTurned) done({ from, to })
      }}
    >
      <Field label="First day" type="date" required first value={from} change={setFrom} />
      <Field
        label="Last day"
        type="date"
        required
        value={to}
        change={setTo}
        problem={isTurned ? 'The last day is before the first.' : null}
      />
      <Button type="submit">Show these days</Button>
    </form>
  )
}
