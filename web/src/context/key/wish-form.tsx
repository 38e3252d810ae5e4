import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { AreaField } from '../../ui/form/area-field.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Select } from '../../ui/form/select.tsx'
import { type Draft, draftOf, KINDS, kindOf, readDraft } from '../node/draft.ts'
import type { Wish } from '../node/edit.ts'

type WishFormProps = Readonly<{
  wish: Wish
  isLocked: boolean
  /** Whether the key can be locked here: further in lies nothing that a task could lock. */
  mayLock: boolean
  /** Ways that make no sense here: a new key cannot say nothing. */
  without?: readonly Draft['kind'][]
  button: string
  /** Set where its button is not what the view is about. */
  calm?: boolean
  save(wish: Wish, locks: boolean): Promise<unknown>
  cancel(): void
}>

/** Asks what a tier is to say about a key. */
export const WishForm = (props: WishFormProps) => {
  const { wish, isLocked, mayLock, without = [], button, calm = false, save, cancel } = props
  const deed = useDeed()
  const [draft, setDraft] = useState(() => draftOf(wish))
  const [locks, setLocks] = useState(isLocked)
  const problem = deed.trouble?.field === 'value' ? deed.trouble.said : null
  const act = async (): Promise<void> => {
    const read = readDraft(draft)
    if (read.isRight) await save(read.wish, locks)
    else deed.object({ said: read.said, field: 'value', code: 'web.not_right' })
  }
  const kinds = KINDS.filter(({ value }) => !without.includes(value))
  return (
    <Form
      deed={deed}
      act={act}
      button={button}
      calm={calm}
      fields={['value']}
      aside={
        <Button look="quiet" onClick={cancel}>
          Cancel
        </Button>
      }
    >
      <Select
        label="It says"
        value={draft.kind}
        options={kinds}
        change={(kind) => setDraft({ ...draft, kind: kindOf(kind) })}
      />
      <ValueFields draft={draft} change={setDraft} problem={problem} />
      {mayLock && (
        <label className="flex min-h-7 items-center gap-2 text-list">
          <input
            type="checkbox"
            checked={locks}
            onChange={({ target }) => setLocks(target.checked)}
            className="size-4 accent-accent"
          />
          Lock it: inner tiers cannot change it
        </label>
      )}
    </Form>
  )
}

type ValueProps = Readonly<{
  draft: Draft
  change(draft: Draft): void
  problem: string | null
}>

const ABOUT: Partial<Record<Draft['kind'], string>> = {
  removes: 'What is inherited does not hold here and further in.',
  nothing: 'What the outer tiers say holds.',
}

const ValueFields = ({ draft, change, problem }: ValueProps) => {
  const { kind, text, adds, takes } = draft
  const write = (next: string): void => change({ ...draft, text: next })
  switch (kind) {
    case 'number':
      return (
        <Field label="Value" inputMode="decimal" value={text} change={write} problem={problem} />
      )
    case 'switch':
      return (
        <Select
          label="Value"
          value={text === 'yes' ? 'yes' : 'no'}
          options={[
            { value: 'yes', name: 'Yes' },
            { value: 'no', name: 'No' },
          ]}
          change={write}
        />
      )
    case 'change':
      return (
        <>
          <AreaField
            label="Adds, one in a line"
            value={adds}
            change={(next) => change({ ...draft, adds: next })}
            problem={problem}
          />
          <AreaField
            label="Takes away, one in a line"
            value={takes}
            change={(next) => change({ ...draft, takes: next })}
          />
        </>
      )
    case 'text':
    case 'list':
    case 'json':
      return (
        <AreaField
          label={kind === 'list' ? 'Elements, one in a line' : 'Value'}
          value={text}
          change={write}
          problem={problem}
          mono={kind === 'json'}
          rows={kind === 'text' ? 1 : 3}
        />
      )
    default:
      return <p className="text-list text-text-2">{ABOUT[kind]}</p>
  }
}
