import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { Checks } from '../../ui/form/checks.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { projectOptions } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'
import type { Json } from '../json.ts'
import { type Draft, draftOf, rulesIn } from './rules.ts'

type RulesFormProps = Readonly<{
  server: string
  tool: string | null
  rules: Json
  done(): void
  close(): void
}>

const CHOICES = [
  [
    'effect',
    'What it does',
    [
      ['read', 'It reads'],
      ['write', 'It writes'],
      ['destroy', 'It destroys'],
    ],
  ],
  [
    'approval',
    'Approval',
    [
      ['default', 'When it is risky'],
      ['always', 'Of every call'],
      ['never', 'Never'],
    ],
  ],
  [
    'reads',
    'What it gives to read',
    [
      ['public', 'What is public'],
      ['private', 'Our own data'],
      ['sensitive', 'What must not leave'],
    ],
  ],
  [
    'egress',
    'Where its arguments go',
    [
      ['none', 'Nowhere'],
      ['internal', 'Inside'],
      ['external', 'Outside'],
    ],
  ],
  [
    'untrusted',
    'Words in its answers',
    [
      ['true', 'May be of strangers'],
      ['false', 'Are our own'],
    ],
  ],
  [
    'needs',
    'An approval is given by',
    [
      ['1', 'One person'],
      ['2', 'Two persons'],
    ],
  ],
  [
    'enabled',
    'Switched',
    [
      ['true', 'On'],
      ['false', 'Off'],
    ],
  ],
  [
    'retrySafe',
    'After a failure',
    [
      ['true', 'It may be repeated'],
      ['false', 'It is not repeated'],
    ],
  ],
] as const
const KINDS = [
  { value: 'person', name: 'Persons' },
  { value: 'agent', name: 'Agents' },
  { value: 'service', name: 'Services' },
] as const
const FIGURES = [
  ['perMinute', 'Calls a minute, each caller', 100_000, 1],
  ['timeoutS', 'Seconds for a call', 600, 0.1],
  ['resultKb', 'KB for an answer', 20_000, 1],
] as const

/** Lists the projects, and those that rules name and that are there no more. */
const usePlaces = (rules: Json): readonly Readonly<{ value: string; name: string }>[] => {
  const known = projectOptions(useProjects() ?? [])
  const [named] = useState(() => draftOf(rules).projects)
  const gone = named.filter((key) => !known.some(({ value }) => value === key))
  return [...known, ...gone.map((key) => ({ value: key, name: key }))]
}

/** Changes the rules of a tool, or of all tools of a server. */
export const RulesForm = ({ server, tool, rules, done, close }: RulesFormProps) => {
  const { api, notices } = useHall()
  const projects = usePlaces(rules)
  const deed = useDeed()
  const [draft, setDraft] = useState(() => draftOf(rules))
  const set = (name: keyof Draft) => (value: string | readonly string[]) =>
    setDraft({ ...draft, [name]: value })
  const unsaid = tool === null ? 'Not said' : 'As the server has it'
  const save = async (): Promise<void> => {
    const input = { ...(tool !== null && { tool }), rules: rulesIn(draft) }
    await api.change(['PUT', `/tool-servers/${server}/rules`], input, anything)
    notices.show('ok', `The rules of ${tool ?? server} are saved.`)
    done()
  }
  return (
    <Form
      deed={deed}
      act={save}
      button="Save the rules"
      fields={['holders']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        {CHOICES.map(([name, label, options]) => (
          <Select
            key={name}
            label={label}
            value={draft[name]}
            change={set(name)}
            options={[
              { value: '', name: unsaid },
              ...options.map(([value, said]) => ({ value, name: said })),
            ]}
          />
        ))}
      </div>
      <div className="grid gap-3 sm:grid-cols-3">
        {FIGURES.map(([name, label, max, step]) => (
          <Field
            key={name}
            label={label}
            type="number"
            inputMode="decimal"
            min={step}
            max={max}
            step={step}
            value={draft[name]}
            change={set(name)}
          />
        ))}
      </div>
      <Field
        label="Only for these people and agents"
        about="Handles, with commas between them. Empty: for everybody who may call tools."
        value={draft.holders}
        change={set('holders')}
        problem={problemAt(deed, 'holders')}
        spellCheck={false}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Checks
          label="Only for callers of these kinds"
          options={KINDS}
          chosen={draft.kinds}
          change={set('kinds')}
        />
        {projects.length > 0 && (
          <Checks
            label="Only in these projects"
            options={projects}
            chosen={draft.projects}
            change={set('projects')}
          />
        )}
      </div>
    </Form>
  )
}
