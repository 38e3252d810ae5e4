import { useState } from 'react'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { projectOptions } from '../../ui/form/project-checks.tsx'
import { SecretField } from '../../ui/form/secret-field.tsx'
import { Select } from '../../ui/form/select.tsx'
import { isNewWebhook } from './views.ts'

const SCHEMES = [
  { value: 'github', name: 'GitHub' },
  { value: 'gitlab', name: 'GitLab' },
  { value: 'slack', name: 'Slack' },
  { value: 'stripe', name: 'Stripe' },
  { value: 'standard-webhooks', name: 'Standard Webhooks' },
  { value: 'hmac', name: 'Another HMAC header' },
] as const
const SENDERS_SECRET: ReadonlySet<string> = new Set(['slack', 'stripe'])
const NOWHERE = ''
const EXAMPLE = '{{issue.title}}'

type NewWebhookProps = Readonly<{ made(): void; close(): void }>
type Made = Readonly<{ url: string; secret: string | null }>

const START = { name: '', scheme: 'github', secret: '', header: '', project: NOWHERE }
const RULE = { title: '', body: '', path: '', value: '', dedupe: '' }

/** Opens a place for another system to call, and shows its address and secret. */
export const NewWebhook = ({ made, close }: NewWebhookProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const projects = useProjects() ?? []
  const [given, setGiven] = useState(START)
  const [rule, setRule] = useState(RULE)
  const [shown, setShown] = useState<Made | null>(null)
  const set = (field: keyof typeof START) => (text: string) =>
    setGiven((before) => ({ ...before, [field]: text }))
  const setOf = (field: keyof typeof RULE) => (text: string) =>
    setRule((before) => ({ ...before, [field]: text }))
  const isSenders = SENDERS_SECRET.has(given.scheme)
  const make = async (): Promise<void> => {
    setShown(await api.write('/webhooks', inputOf(given, rule), isNewWebhook))
    made()
  }
  if (shown !== null) return <Shown made={shown} close={close} />
  return (
    <Form
      deed={deed}
      act={make}
      button="Make the webhook"
      fields={['name', 'secret', 'hmac.header', 'rule']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Name"
          about="What calls, so that you know it again."
          value={given.name}
          change={set('name')}
          problem={problemAt(deed, 'name')}
          maxLength={80}
          required
          first
        />
        <Select
          label="Its calls are signed as"
          value={given.scheme}
          change={set('scheme')}
          options={SCHEMES}
        />
        {isSenders && (
          <SecretField
            label="Signing secret"
            about="Copy it from there; it is never shown again."
            value={given.secret}
            change={set('secret')}
            problem={problemAt(deed, 'secret')}
            required
          />
        )}
        {given.scheme === 'hmac' && (
          <Field
            label="Header with the signature"
            about="SHA-256 in hex over the body."
            value={given.header}
            change={set('header')}
            problem={problemAt(deed, 'hmac.header')}
            required
          />
        )}
        <Select
          label="Makes tasks in"
          value={given.project}
          change={set('project')}
          options={[
            { value: NOWHERE, name: 'No project: events only' },
            ...projectOptions(projects),
          ]}
        />
      </div>
      {given.project !== NOWHERE && (
        <RuleFields rule={rule} set={setOf} problem={problemAt(deed, 'rule')} />
      )}
    </Form>
  )
}

type RuleFieldsProps = Readonly<{
  rule: typeof RULE
  set(field: keyof typeof RULE): (text: string) => void
  problem: string | null
}>

const RuleFields = ({ rule, set, problem }: RuleFieldsProps) => (
  <fieldset className="grid gap-3 sm:grid-cols-2">
    <legend className="text-list font-medium">The task</legend>
    <Field
      label="Title"
      about={`Words, and values of the body: ${EXAMPLE}`}
      value={rule.title}
      change={set('title')}
      problem={problem}
      maxLength={400}
      required
    />
    <Field
      label="Description"
      about="In the same way; a value alone becomes a quotation."
      value={rule.body}
      change={set('body')}
      maxLength={8_000}
    />
    <Field
      label="Only where the body has at"
      about="A path such as action, or $headers.x-github-event."
      value={rule.path}
      change={set('path')}
      maxLength={200}
    />
    <Field
      label="This value"
      value={rule.value}
      change={set('value')}
      maxLength={300}
      required={rule.path !== ''}
    />
    <Field
      label="One task for each"
      about="A path such as issue.number: later calls about the same one become comments."
      value={rule.dedupe}
      change={set('dedupe')}
      maxLength={200}
    />
  </fieldset>
)

const inputOf = ({ name, scheme, secret, header, project }: typeof START, rule: typeof RULE) => ({
  name,
  scheme,
  ...(SENDERS_SECRET.has(scheme) && { secret }),
  ...(scheme === 'hmac' && { hmac: { header } }),
  ...(project !== NOWHERE && {
    rule: {
      project,
      title: rule.title,
      ...(rule.body !== '' && { body: rule.body }),
      ...(rule.path !== '' && { when: [{ path: rule.path, in: meantBy(rule.value) }] }),
      ...(rule.dedupe !== '' && { dedupe: rule.dedupe }),
    },
  }),
})

/** Gives what a typed value may stand for in JSON: the text, and what it looks like besides. */
const meantBy = (text: string): readonly (string | number | boolean)[] => {
  if (text === 'true' || text === 'false') return [text, text === 'true']
  const number = Number(text)
  return text.trim() !== '' && Number.isFinite(number) ? [text, number] : [text]
}

const Shown = ({ made, close }: Readonly<{ made: Made; close(): void }>) => (
  <div className="grid gap-3">
    <p className="text-text-2">
      Give this to the system that calls.
      {made.secret !== null && ' The secret is never shown again.'}
    </p>
    <CopyBox label="Address" text={made.url} />
    {made.secret !== null && <CopyBox label="Secret" text={made.secret} />}
    <div>
      <Button look="filled" onClick={close}>
        Done
      </Button>
    </div>
  </div>
)
