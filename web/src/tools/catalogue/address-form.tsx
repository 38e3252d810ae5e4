import { useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { Checks } from '../../ui/form/checks.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Select } from '../../ui/form/select.tsx'
import { isAdded } from './views.ts'

const KINDS = [
  { value: 'http', name: 'MCP over HTTP' },
  { value: 'sse', name: 'MCP over HTTP with SSE (old)' },
  { value: 'openapi', name: 'A service with an OpenAPI document' },
] as const
const CREDENTIALS = [
  { value: 'none', name: 'None' },
  { value: 'shared', name: 'One that all share' },
  { value: 'person', name: 'Everybody their own' },
] as const
const AUTHS = [
  { value: 'bearer', name: 'Bearer token' },
  { value: 'header', name: 'In a header' },
  { value: 'query', name: 'In the address' },
  { value: 'basic', name: 'Name and password (basic)' },
  { value: 'oauth', name: 'Sign-in there (OAuth)' },
] as const
const TRUSTS = [
  {
    value: 'review',
    name: 'I look at each tool before it can be used',
    about: 'Otherwise adding it approves them as they are now.',
  },
  {
    value: 'trust',
    name: 'Believe what it says of its tools',
    about: 'That a tool only reads, for one. Otherwise each counts as one that writes outside.',
  },
] as const

const START = {
  ...{ url: '', slug: '', title: '', kind: 'http', documentUrl: '' },
  ...{ credential: 'none', auth: 'bearer', header: '' },
}
type Values = typeof START

/** Adds a server by its address. */
export const AddressForm = ({ added }: Readonly<{ added(server: string): Promise<void> }>) => {
  const { api } = useHall()
  const deed = useDeed()
  const [values, setValues] = useState<Values>(START)
  const [checks, setChecks] = useState<readonly string[]>([])
  const set = (name: keyof Values) => (text: string) => setValues({ ...values, [name]: text })
  const add = async (): Promise<void> => {
    const choices = { trust: checks.includes('trust'), review: checks.includes('review') }
    const made = await api.write('/tool-servers', { ...wishOf(values), ...choices }, isAdded)
    await added(made.slug)
  }
  const { kind, credential, auth } = values
  const isNamed = credential !== 'none' && (auth === 'header' || auth === 'query')
  const texts = ['url', 'slug', 'title', 'documentUrl', 'name']
  const text = (name: keyof Values) => ({
    value: values[name],
    change: set(name),
    problem: problemAt(deed, name),
    spellCheck: false,
  })
  return (
    <Form deed={deed} act={add} button="Add the server" fields={texts}>
      <Select label="What it is" value={kind} change={set('kind')} options={KINDS} />
      <Field
        {...text('url')}
        label="Address"
        inputMode="url"
        placeholder="https://mcp.example.org/mcp"
        maxLength={2048}
        required
        first
      />
      {kind === 'openapi' && (
        <Field
          {...text('documentUrl')}
          label="Address of its OpenAPI document"
          inputMode="url"
          placeholder="https://api.example.org/openapi.json"
          maxLength={2048}
          required
        />
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          {...text('slug')}
          label="Short name"
          about="It begins the names of its tools: github__create_issue."
          placeholder="github"
          maxLength={16}
          required
        />
        <Field
          {...text('title')}
          label="Title (may be left out)"
          placeholder="GitHub"
          maxLength={120}
        />
        <Select
          label="Account"
          value={credential}
          change={set('credential')}
          options={CREDENTIALS}
        />
        {credential !== 'none' && (
          <Select label="How it is shown" value={auth} change={set('auth')} options={AUTHS} />
        )}
        {isNamed && <Field {...text('header')} label="Name of the header or parameter" required />}
      </div>
      <Checks label="Trust" options={TRUSTS} chosen={checks} change={setChecks} />
    </Form>
  )
}

const wishOf = (values: Values): object => {
  const { url, slug, title, kind, documentUrl, credential, auth, header } = values
  const isNamed = auth === 'header' || auth === 'query'
  return {
    ...{ url: url.trim(), slug: slug.trim(), kind, credential },
    ...(title.trim() !== '' && { title: title.trim() }),
    ...(kind === 'openapi' && { documentUrl: documentUrl.trim() }),
    ...(credential !== 'none' && {
      auth: { kind: auth, ...(isNamed && { name: header.trim() }) },
    }),
  }
}
