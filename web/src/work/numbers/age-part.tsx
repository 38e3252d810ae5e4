import { useMemo } from 'react'
import { ColumnAxis, columnScale, ValueAxis, valueScale } from '../../ui/chart/axes.tsx'
import { ChartFrame } from '../../ui/chart/chart-frame.tsx'
import type { Box } from '../../ui/chart/geometry.ts'
import { Pillars, Rule } from '../../ui/chart/lines.tsx'
import { type Drawing, Plot } from '../../ui/chart/plot.tsx'
import { sayMoment } from '../../ui/chart/zone.ts'
import type { Column } from '../../ui/table/data-table.tsx'
import { figure } from './measure.ts'
import { type KnownProps, NumberPart, type PartProps, useOpenTask } from './number-part.tsx'
import { AGE_BAR, ageReadings, DASHES, sayAges } from './pace.ts'
import { sayAsOf, TASK_COLUMNS } from './says.tsx'
import type { CycleTimes, Running } from './views.ts'

const MEANING = {
  title: 'Age of work in progress',
  definition:
    'Each bar is a task that is started and not done: calendar days since it was first started, ' +
    'the oldest first. What is older than the line takes longer than tasks usually do.',
} as const

const NOTHING = {
  title: 'Nothing is in progress',
  about: 'A task is here from when somebody starts it until it is done.',
} as const

const LABELS = { wide: 104, narrow: 44 } as const

/** Shows for how long the running tasks are under way. */
export const AgePart = (props: PartProps<CycleTimes>) => (
  <NumberPart
    {...props}
    {...{ meaning: MEANING, nothing: NOTHING, known: Known }}
    isNothing={({ age }) => age.length === 0}
  />
)

const Known = ({ data: times, project, zone, look, change }: KnownProps<CycleTimes>) => {
  const { age, wip } = times
  const draw = useMemo(() => drawing(times), [times])
  const open = useOpenTask(age)
  const rest = wip > age.length ? ` Shown are the ${age.length} oldest.` : ''
  return (
    <ChartFrame
      {...MEANING}
      {...{ look, change }}
      finding={`${sayAges(times)}${rest}`}
      tells={sayAsOf(times.asOf.at, zone)}
      twin={{
        rows: age,
        columns: columnsIn(zone),
        rowKey: ({ key }) => key,
        file: `${project}-work-in-progress`,
      }}
    >
      <Plot
        label={MEANING.title}
        summary={sayAges(times)}
        readings={ageReadings(age, zone)}
        draw={draw}
        labels={LABELS}
        first={0}
        open={open}
      />
    </ChartFrame>
  )
}

const columnsIn = (zone: string): readonly Column<Running>[] => [
  ...TASK_COLUMNS,
  {
    ...{ id: 'started', name: 'Started', value: ({ startedAt }) => startedAt },
    show: ({ startedAt }) => sayMoment(zone, Date.parse(startedAt)),
  },
  { id: 'age', name: 'Age in days', isNumber: true, value: ({ ageDays }) => ageDays },
  { id: 'points', name: 'Points', isNumber: true, value: ({ points }) => points },
]

const PADDING = 0.3
const BAR_PX_MAX = 40
/** A key of a long name with a high number fits. */
const KEY_PX = 84

const drawing =
  ({ age, sle }: CycleTimes) =>
  (box: Box): Drawing => {
    const names = age.map(({ key }) => key)
    const x = columnScale(names, box, PADDING)
    const usual = sle.cycleDays
    const y = valueScale([...age.map(({ ageDays }) => ageDays), usual ?? 0], box)
    const width = Math.min(BAR_PX_MAX, x.bandwidth())
    const middle = (key: string) => (x(key) ?? 0) + x.bandwidth() / 2
    const line = y(usual ?? 0)
    return {
      spots: age.map(({ key, ageDays }) => ({ x: middle(key), ys: [y(ageDays)] })),
      picture: (
        <>
          <ValueAxis scale={y} box={box} unit="days" />
          <Pillars
            mark={AGE_BAR}
            box={box}
            pillars={age.map(({ key, ageDays }) => ({
              ...{ x: middle(key) - width / 2, width, y: y(ageDays) },
            }))}
          />
          {usual !== null && (
            <Rule
              {...{ y: line, labelY: line, box }}
              dash={DASHES[sle.p] ?? ''}
              label={box.isWide ? `${sle.p} %: ${figure(usual)} days` : `${sle.p} %`}
            />
          )}
          <ColumnAxis {...{ scale: x, names, box }} say={(key) => key} labelPx={KEY_PX} />
        </>
      ),
    }
  }
