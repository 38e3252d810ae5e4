import { useState } from 'react'
import { WAYS_PATH } from '../../live/early.ts'
import { anything, shape } from '../../live/api.ts'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { isSignInWays } from '../views.ts'

type Person = Readonly<{ handle: string; name: string | null; email: string | null }>
type People = Readonly<{ items: readonly Person[] }>
type Profile = Readonly<{ name: string | null; email: string | null; isEmailVerified: boolean }>

const isPeople = shape<People>('items')
const isProfile = shape<Profile>('name', 'email', 'isEmailVerified')

/** Shows one's name and e-mail. */
export const ProfilePanel = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const mayRead = mayHere(me, 'member:read')
  const read = useRead(mayRead ? '/principals?kind=person&limit=100' : null, isPeople)
  const { data } = read
  const known = data?.items.find(({ handle }) => handle === me?.handle)
  const isReady = me !== null && (data !== null || !mayRead)
  return (
    <Panel
      title="Profile"
      anchor="profile"
      about={me === null ? '' : `You are @${me.handle}.`}
      {...(mayRead && { read })}
    >
      {isReady && (
        <PanelBody>
          <ProfileForm name={known?.name ?? ''} email={known?.email ?? ''} />
        </PanelBody>
      )}
    </Panel>
  )
}

const ProfileForm = (before: Readonly<{ name: string; email: string }>) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const [name, setName] = useState(before.name)
  const [email, setEmail] = useState(before.email)
  const { data: ways } = useRead(WAYS_PATH, isSignInWays)
  const save = async (): Promise<void> => {
    const input = { ...(name !== '' && { name }), ...(email !== '' && { email }) }
    const saved = await api.change(['PUT', '/me/profile'], input, isProfile)
    setName(saved.name ?? '')
    setEmail(saved.email ?? '')
    notices.show('ok', 'Your profile is saved.')
  }
  const check = ways?.mail && email !== '' && (
    <ActButton
      look="quiet"
      act={() => api.write('/me/email/check', {}, anything)}
      done="A mail with a link is on its way."
    >
      Verify the e-mail
    </ActButton>
  )
  return (
    <Form deed={deed} act={save} button="Save" calm fields={['name', 'email']} aside={check}>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Name"
          autoComplete="name"
          value={name}
          change={setName}
          problem={problemAt(deed, 'name')}
          maxLength={100}
        />
        <Field
          label="E-mail"
          type="email"
          autoComplete="email"
          value={email}
          change={setEmail}
          problem={problemAt(deed, 'email')}
        />
      </div>
    </Form>
  )
}
