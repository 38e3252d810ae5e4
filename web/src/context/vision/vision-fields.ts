import type { Objective } from '../views.ts'
import type { ObjectiveWish } from './use-objectives.ts'

/** What stands in the form of an objective. */
export type VisionFields = Readonly<
  Record<
    | 'title'
    | 'parent'
    | 'weight'
    | 'unit'
    | 'start'
    | 'target'
    | 'current'
    | 'due'
    | 'owner'
    | 'places',
    string
  >
>

type TextField = Readonly<{
  name: Exclude<keyof VisionFields, 'title' | 'parent'>
  label: string
  about?: string
  type?: 'date'
}>

/** The lines of the form below title and parent. */
export const TEXT_FIELDS: readonly TextField[] = [
  { name: 'unit', label: 'Metric', about: 'What is counted, such as users. Empty: its tasks.' },
  { name: 'current', label: 'Current' },
  { name: 'start', label: 'Start' },
  { name: 'target', label: 'Target' },
  { name: 'due', label: 'Due', type: 'date' },
  { name: 'owner', label: 'Owner', about: 'A handle such as ana.' },
  { name: 'weight', label: 'Weight', about: 'How much it counts among its siblings.' },
  { name: 'places', label: 'Projects and branches', about: 'Their tasks align: GH, GH/main.' },
]

/** Gives what stands in the form at first. */
export const fieldsOf = (before: Objective | null, parent: string | null): VisionFields => {
  if (before === null) return { ...EMPTY, parent: parent ?? '' }
  return {
    ...{ title: before.title, parent: before.parent ?? '', weight: String(before.weight) },
    ...metricFields(before),
    due: before.due?.slice(0, 10) ?? '',
    owner: before.owner ?? '',
    places: before.places.join(', '),
  }
}

const NO_METRIC = { unit: '', start: '', target: '', current: '' } as const
const EMPTY: VisionFields = {
  ...{ title: '', parent: '', weight: '1', due: '', owner: '', places: '' },
  ...NO_METRIC,
}

const metricFields = ({ metric }: Objective) => {
  if (metric === null) return NO_METRIC
  const { unit, start, target, current } = metric
  return { unit, start: String(start), target: String(target), current: String(current) }
}

/** What the fields say, or what is wrong with one of them. */
export type FieldsRead =
  | Readonly<{ wish: ObjectiveWish }>
  | Readonly<{ problem: string; field: string }>

/** Reads the form. */
export const readFields = (fields: VisionFields): FieldsRead => {
  const { title, parent, weight, due, owner, places } = fields
  const weighs = Number(weight)
  if (weight.trim() === '' || !(weighs > 0)) {
    return { problem: 'Write a number above 0.', field: 'weight' }
  }
  const metric = metricOf(fields)
  if ('problem' in metric) return metric
  const handle = owner.trim().replace(/^@/, '')
  return {
    wish: {
      ...{ title: title.trim(), parent: parent === '' ? null : parent, weight: weighs },
      metric: metric.metric,
      due: due === '' ? null : `${due}T00:00:00.000Z`,
      owner: handle === '' ? null : handle,
      places: places
        .split(/[,\s]+/)
        .map((at) => at.trim())
        .filter((at) => at !== ''),
    },
  }
}

type MetricRead =
  | Readonly<{ metric: Objective['metric'] }>
  | Readonly<{ problem: string; field: string }>

const metricOf = ({ unit, ...fields }: VisionFields): MetricRead => {
  if (unit.trim() === '') return { metric: null }
  for (const name of ['start', 'target', 'current'] as const) {
    const isNumber = fields[name].trim() !== '' && Number.isFinite(Number(fields[name]))
    if (!isNumber) return { problem: 'Write a number such as 10 or 0.5.', field: name }
  }
  const [start, target, current] = [fields.start, fields.target, fields.current].map(Number)
  const numbers = { start: start ?? 0, target: target ?? 0, current: current ?? 0 }
  return { metric: { unit: unit.trim(), ...numbers } }
}
