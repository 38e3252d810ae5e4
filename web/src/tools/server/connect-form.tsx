import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { SecretField } from '../../ui/form/secret-field.tsx'
import type { Server } from '../views.ts'

type ConnectFormProps = Readonly<{ server: Server; done(): void; close(): void }>

const KINDS: Record<Server['auth'], readonly [string, string]> = {
  none: ['Credential', ''],
  bearer: ['Token', 'It is sent as a bearer token.'],
  header: ['Key', 'It is sent in a header.'],
  query: ['Key', 'It is sent in the address.'],
  basic: ['Name and password', 'Written as name:password.'],
  env: ['Key', 'The program gets it when it starts.'],
  oauth: ['Token', 'An access token, where signing in there is not possible.'],
}
const VALUE_CHARS_MAX = 16_384

/** Takes a credential for a server; once given, nobody sees it again. */
export const ConnectForm = ({ server, done, close }: ConnectFormProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const deed = useDeed()
  const [value, setValue] = useState('')
  const [secret, setSecret] = useState('')
  const [account, setAccount] = useState('')
  const [isStored, setStored] = useState(false)
  const [label, about] = KINDS[server.auth]
  const connect = async (): Promise<void> => {
    const input = {
      ...(isStored ? { secret: secret.trim() } : { value }),
      ...(account.trim() !== '' && { account: account.trim() }),
    }
    await hall.api.write(`/tool-servers/${server.slug}/connection`, input, anything)
    setValue('')
    hall.notices.show('ok', `${server.slug} is connected.`)
    done()
  }
  return (
    <Form
      deed={deed}
      act={connect}
      button="Connect"
      fields={['value', 'secret', 'account']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      {isStored ? (
        <Field
          label="Name of the stored secret"
          about="A secret of the organisation; from now on this server gets it, too."
          value={secret}
          change={setSecret}
          problem={problemAt(deed, 'secret')}
          spellCheck={false}
          required
          first
        />
      ) : (
        <SecretField
          label={label}
          about={`${about} It is sealed at once, and nobody sees it again.`.trim()}
          value={value}
          change={setValue}
          problem={problemAt(deed, 'value')}
          maxLength={VALUE_CHARS_MAX}
          required
          first
        />
      )}
      <Field
        label="Whose account it is (may be left out)"
        about="For people to know it again: ada@example.org, a bot of the team."
        value={account}
        change={setAccount}
        problem={problemAt(deed, 'account')}
        maxLength={120}
      />
      {mayHere(me, 'secret:write') && (
        <div>
          <button
            type="button"
            onClick={() => setStored(!isStored)}
            className="rounded-control text-list text-accent underline underline-offset-2"
          >
            {isStored ? 'Give the credential itself' : 'Use a stored secret instead'}
          </button>
        </div>
      )}
    </Form>
  )
}
