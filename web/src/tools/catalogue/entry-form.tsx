import { useState } from 'react'
import { Refused } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { AreaField } from '../../ui/form/area-field.tsx'
import { Checks } from '../../ui/form/checks.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Select } from '../../ui/form/select.tsx'
import { type Entry, isAdded, type Parameter } from './views.ts'

type EntryFormProps = Readonly<{ entry: Entry; added(server: string): Promise<void> }>

/** Asks what an entry wants to know, and adds its server. */
export const EntryForm = ({ entry, added }: EntryFormProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const [slug, setSlug] = useState('')
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [review, setReview] = useState<readonly string[]>([])
  const add = async (): Promise<void> => {
    const input = {
      ...(slug.trim() !== '' && { slug: slug.trim() }),
      parameters: parametersOf(entry.parameters, values),
      review: review.length > 0,
    }
    try {
      await added((await api.write(`/tool-catalogue/${entry.key}`, input, isAdded)).slug)
    } catch (thrown) {
      throw atParameter(thrown)
    }
  }
  const own = entry.parameters.map(({ name }) => name)
  return (
    <Form deed={deed} act={add} button="Add it" fields={['slug', ...own]}>
      {entry.parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name] ?? ''}
          change={(text) => setValues({ ...values, [parameter.name]: text })}
          problem={problemAt(deed, parameter.name)}
        />
      ))}
      <Field
        label="Short name (may be left out)"
        about="It begins the names of its tools. Left empty, it has the one of the catalogue."
        value={slug}
        change={setSlug}
        problem={problemAt(deed, 'slug')}
        maxLength={16}
        spellCheck={false}
        className="max-w-60"
      />
      <Checks
        label="Before its tools can be used"
        options={[
          {
            value: 'review',
            name: 'I look at each of them first',
            about: 'Otherwise adding it approves them as they are now.',
          },
        ]}
        chosen={review}
        change={setReview}
      />
      {deed.isBusy && (
        <p role="status" className="text-list text-text-2">
          {entry.kind === 'stdio'
            ? 'Its program is being installed and asked what it offers. That can take a minute.'
            : 'It is being asked what it offers.'}
        </p>
      )}
    </Form>
  )
}

/** Leads a refusal that names a parameter to its field. */
const atParameter = (thrown: unknown): unknown => {
  if (!(thrown instanceof Refused)) return thrown
  const { message, status, code, retryAfterS, details } = thrown
  const field = typeof details['parameter'] === 'string' ? details['parameter'] : thrown.field
  return new Refused(message, { status, code, retryAfterS, details, field })
}

const HINTS: Record<Parameter['kind'], string> = {
  folder: '/srv/notes',
  file: '/srv/notes.db',
  url: 'https://example.org',
  text: '',
  number: '',
  choice: '',
}

type ParameterFieldProps = Readonly<{
  parameter: Parameter
  value: string
  change(text: string): void
  problem: string | null
}>

const ParameterField = ({ parameter, value, change, problem }: ParameterFieldProps) => {
  const { name, about, kind, required, many, fallback, choices } = parameter
  const label = labelOf(name, required)
  const usual = fallback === null ? '' : ` Left empty: ${fallback}.`
  if (choices.length > 0) {
    const none = { value: '', name: fallback === null ? 'Not given' : `Usual: ${fallback}` }
    const options = choices.map((choice) => ({ value: choice, name: choice }))
    return (
      <Select
        label={label}
        about={about}
        value={value}
        change={change}
        options={[none, ...options]}
      />
    )
  }
  if (many) {
    const each = `${about} One in a line.${usual}`
    return <AreaField label={label} about={each} value={value} change={change} problem={problem} />
  }
  return (
    <Field
      label={label}
      about={`${about}${usual}`}
      value={value}
      change={change}
      problem={problem}
      required={required && fallback === null}
      placeholder={HINTS[kind]}
      inputMode={kind === 'number' ? 'numeric' : kind === 'url' ? 'url' : 'text'}
      spellCheck={false}
    />
  )
}

const labelOf = (name: string, required: boolean): string => {
  const words = name.replaceAll(/[_-]/g, ' ')
  const label = words.charAt(0).toUpperCase() + words.slice(1)
  return required ? label : `${label} (may be left out)`
}

const parametersOf = (
  parameters: readonly Parameter[],
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    parameters.flatMap(({ name, many }) => {
      const lines = (values[name] ?? '').split('\n').flatMap((line) => line.trim() || [])
      if (lines.length === 0) return []
      return [[name, many ? lines : lines.join(' ')]]
    }),
  )
