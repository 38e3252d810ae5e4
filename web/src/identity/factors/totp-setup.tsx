import { useEffect, useRef, useState } from 'react'
import type { Api } from '../../live/api.ts'
import { shape } from '../../live/api.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Qr } from '../../ui/qr.tsx'
import { isSignedIn } from '../views.ts'

type Started = Readonly<{ secret: string; address: string }>

const isStarted = shape<Started>('secret', 'address')

type TotpSetupProps = Readonly<{ api: Api; done(): void; cancel(): void }>

/** Shows the secret of a new authenticator and asks for its first code. */
export const TotpSetup = ({ api, done, cancel }: TotpSetupProps) => {
  const deed = useDeed()
  const start = useDeed()
  const [started, setStarted] = useState<Started | null>(null)
  const [code, setCode] = useState('')
  const isAsked = useRef(false)
  const { run } = start
  useEffect(() => {
    // A second start would put another secret into the place of the one that is shown.
    if (isAsked.current) return
    isAsked.current = true
    run(async () => setStarted(await api.write('/me/totp', {}, isStarted)))
  }, [api, run])
  const confirm = async (): Promise<void> => {
    await api.write('/me/totp/confirm', { code }, isSignedIn)
    done()
  }
  if (started === null) {
    return (
      <div className="grid gap-3">
        <p role={start.trouble ? 'alert' : 'status'} className="text-text-2">
          {start.trouble?.said ?? 'Making a secret ...'}
        </p>
        <Button className="justify-self-start" onClick={cancel}>
          Back
        </Button>
      </div>
    )
  }
  return (
    <Form
      deed={deed}
      act={confirm}
      button="Confirm"
      aside={
        <Button look="quiet" onClick={cancel}>
          Cancel
        </Button>
      }
    >
      <ol className="grid gap-4">
        <li className="grid gap-2">
          <p>
            <span className="font-medium">1.</span> Scan this with an authenticator app.
          </p>
          <Qr text={started.address} label="QR code for your authenticator app" />
          <details className="text-list">
            <summary className="cursor-pointer text-text-2">It cannot scan</summary>
            <div className="mt-2 grid gap-2">
              <p className="text-text-2">
                Type this secret into the app, or{' '}
                <a href={started.address} className="text-accent underline underline-offset-2">
                  open it on this device
                </a>
                .
              </p>
              <CopyBox label="Secret" text={spaced(started.secret)} />
            </div>
          </details>
        </li>
        <li className="grid gap-2">
          <p>
            <span className="font-medium">2.</span> Type the code that it shows now.
          </p>
          <Field
            label="Code"
            value={code}
            change={setCode}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={9}
            required
            again
            first
            className="font-mono tracking-wider"
          />
        </li>
      </ol>
    </Form>
  )
}

const spaced = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret
