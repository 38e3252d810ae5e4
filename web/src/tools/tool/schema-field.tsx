import { AreaField } from '../../ui/form/area-field.tsx'
import { Checks } from '../../ui/form/checks.tsx'
import { Field as LineField } from '../../ui/form/field.tsx'
import { Select } from '../../ui/form/select.tsx'
import { spelledOut } from '../hidden.ts'
import { type Draft, textAt } from './draft.ts'
import type { Choice, Field } from './fields.ts'
import { cutText } from '../../ui/signs.ts'

type SchemaFieldProps = Readonly<{
  field: Field
  draft: Draft
  problems: ReadonlyMap<string, string>
  write(path: string, text: string): void
}>

const ABOUT_CHARS = 1_000
const NAME_CHARS = 80

/** Shows what a tool wants to know, by the kind of it. */
export const SchemaField = (props: SchemaFieldProps) => {
  const { field, draft, problems, write } = props
  if (field.kind === 'group') return <Group {...props} field={field} />
  const label = labelOf(field)
  const given = {
    label,
    value: textAt(draft, field.path),
    change: (text: string) => write(field.path, text),
    problem: problems.get(field.path) ?? null,
  }
  const about = aboutOf(field)
  switch (field.kind) {
    case 'text':
      return <AreaField {...given} about={about} />
    case 'number':
      return (
        <LineField
          {...given}
          {...(about !== undefined && { about })}
          inputMode={field.isWhole ? 'numeric' : 'decimal'}
          className="max-w-60"
        />
      )
    case 'flag':
    case 'choice': {
      const choices = field.kind === 'flag' ? FLAGS : shownChoices(field.choices)
      return <Choices {...given} about={about} field={field} choices={choices} />
    }
    case 'list':
      if (field.of === 'choice') return <Several {...given} field={field} />
      return <AreaField {...given} rows={2} about={joined(about, 'One in a line.')} />
    default:
      return (
        <AreaField {...given} mono rows={3} placeholder="{ }" about={joined(about, 'As JSON.')} />
      )
  }
}

const Group = ({
  field,
  ...rest
}: SchemaFieldProps & Readonly<{ field: Extract<Field, { kind: 'group' }> }>) => {
  const about = aboutOf(field)
  const problem = rest.problems.get(field.path)
  return (
    <fieldset className="min-w-0 rounded-card border border-line p-3">
      <legend className="px-1 text-list font-medium">{labelOf(field)}</legend>
      {about !== undefined && (
        <p dir="auto" className="text-meta whitespace-pre-line text-text-3">
          {about}
        </p>
      )}
      {problem !== undefined && (
        <p role="alert" className="text-meta text-bad">
          {problem}
        </p>
      )}
      <div className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-3">
        {field.fields.map((inner) => (
          <SchemaField key={inner.path} field={inner} {...rest} />
        ))}
      </div>
    </fieldset>
  )
}

type Shown = Readonly<{ value: string; name: string }>

const FLAGS: readonly Shown[] = [
  { value: 'true', name: 'Yes' },
  { value: 'false', name: 'No' },
]

// Texts as they are; what is no text, in a way that tells it apart from one.
const shownChoices = (choices: readonly Choice[]): readonly Shown[] =>
  choices.map((choice, at) => ({
    value: String(at),
    name: spelledOut(typeof choice === 'string' ? choice : JSON.stringify(choice)),
  }))

type ChoicesProps = Readonly<{
  field: Field
  label: string
  about: string | undefined
  value: string
  choices: readonly Shown[]
  problem: string | null
  change(text: string): void
}>

const Choices = ({ field, label, about, value, choices, problem, change }: ChoicesProps) => (
  <div className="max-w-96">
    <Select
      label={label}
      {...(about !== undefined && { about })}
      value={value}
      change={change}
      options={[{ value: '', name: field.required ? 'Choose' : 'Not given' }, ...choices]}
    />
    {problem !== null && (
      <p role="alert" className="mt-1 text-meta text-bad">
        {problem}
      </p>
    )}
  </div>
)

type SeveralProps = Readonly<{
  field: Extract<Field, { kind: 'list' }>
  label: string
  value: string
  problem: string | null
  change(text: string): void
}>

const Several = ({ field, label, value, problem, change }: SeveralProps) => (
  <div>
    <Checks
      label={label}
      options={shownChoices(field.choices)}
      chosen={value === '' ? [] : value.split(',')}
      change={(chosen) => change(chosen.join(','))}
    />
    {problem !== null && (
      <p role="alert" className="mt-1 text-meta text-bad">
        {problem}
      </p>
    )}
  </div>
)

const labelOf = ({ title, required }: Field): string =>
  `${spelledOut(cutText(title, NAME_CHARS))}${required ? '' : ' (may be left out)'}`

const aboutOf = (field: Field): string | undefined => {
  const { about, usual, name, title } = field
  const range = field.kind === 'number' ? rangeOf(field) : ''
  const said = spelledOut(cutText(about, ABOUT_CHARS))
  const left =
    usual === undefined ? '' : `Left empty: ${cutText(spelledOut(JSON.stringify(usual)), 80)}.`
  // The name is what agents and errors say; a title may be anything.
  const named = title === name ? '' : `Named ${spelledOut(cutText(name, NAME_CHARS))}.`
  return joined(said, joined(range, joined(left, named))) || undefined
}

type Range = Readonly<{ min: number | null; max: number | null }>

const rangeOf = ({ min, max }: Range): string => {
  if (min !== null && max !== null) return `From ${min} to ${max}.`
  if (min !== null) return `At least ${min}.`
  return max === null ? '' : `At most ${max}.`
}

const joined = (first: string | undefined, second: string): string =>
  [first, second].filter(Boolean).join(' ')
