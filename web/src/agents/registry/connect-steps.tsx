import { type ReactNode, useState } from 'react'
import { useRead } from '../../live/use-read.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { ConnectLight } from './connect-light.tsx'
import { type Client, isClients, type MadeKey } from './views.ts'

type ConnectStepsProps = Readonly<{ made: MadeKey; close(): void }>

/** Shows what to do with a new key: where it goes, what the program's file holds, and the light. */
export const ConnectSteps = ({ made, close }: ConnectStepsProps) => {
  const address = encodeURIComponent(`${window.location.origin}/agent/mcp`)
  const { data, trouble } = useRead(`/agent-clients?url=${address}`, isClients)
  const [name, setName] = useState<string | null>(null)
  const client = data?.items.find((one) => one.name === (name ?? data.items[0]?.name))
  return (
    <div className="grid gap-5">
      {trouble !== null && (
        <p role="alert" className="text-list text-bad">
          {trouble}
        </p>
      )}
      <Step number={1} title="Choose its program">
        <div className="flex flex-wrap gap-1.5" role="group" aria-label="Program">
          {data?.items.map((one) => (
            <Button
              key={one.name}
              look={one.name === client?.name ? 'plain' : 'quiet'}
              aria-pressed={one.name === client?.name}
              onClick={() => setName(one.name)}
            >
              {one.title}
            </Button>
          ))}
        </div>
      </Step>
      {client !== undefined && data !== null && (
        <>
          <Step number={2} title={keyTitle(client)}>
            <CopyBox
              label="Key"
              text={client.asksForKey ? made.key : `export ${data.variable}=${made.key}`}
            />
          </Step>
          <Step number={3} title={`Put this into ${client.file}`}>
            <CopyBox label="Configuration" text={client.snippet} />
            <p className="mt-2 text-meta text-text-3">
              On the machine of the hub this writes it:{' '}
              <code className="font-mono break-all text-text-2">{client.command}</code>
            </p>
          </Step>
        </>
      )}
      <Step number={4} title={`Start it, and let it call a tool of Guildhall`}>
        <ConnectLight made={made} />
      </Step>
      <div>
        <Button onClick={close}>Done</Button>
      </div>
    </div>
  )
}

const keyTitle = ({ asksForKey, title }: Client): string =>
  asksForKey ? `Keep the key: ${title} asks for it` : 'Give it the key, in the shell that starts it'

type StepProps = Readonly<{ number: number; title: string; children: ReactNode }>

const Step = ({ number, title, children }: StepProps) => (
  <section className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-2">
    <span
      aria-hidden="true"
      className="flex size-5 items-center justify-center rounded-full bg-hover text-meta
        font-medium text-text-2"
    >
      {number}
    </span>
    <div className="min-w-0">
      <h3 className="mb-2 font-medium">{title}</h3>
      {children}
    </div>
  </section>
)
