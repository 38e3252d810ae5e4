import { type ReactNode, useCallback, useState } from 'react'
import { useRead } from '../../live/use-read.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { ConnectLight } from './connect-light.tsx'
import { ConnectPlace } from './connect-place.tsx'
import { type Client, isClients, type MadeKey } from './views.ts'

type ConnectStepsProps = Readonly<{
  made: MadeKey
  close(): void
  /** What the button says that ends it. */
  end?: string
  /** Agent programs that are installed, by their names: one of them is most likely meant. */
  programs?: readonly string[]
  /** Hears that its program has said its first word. */
  connected?: () => void
}>

// Any program that speaks MCP over HTTP: it gets the address and the header, and no file of ours.
const OTHER = 'other'

// The first tool that it calls by this is `work_next`.
const FIRST_WORDS = 'Take the next task from Guildhall and work on it.'

/** Shows what to do with a new key: where it goes, what the program's file holds, and the light. */
export const ConnectSteps = (props: ConnectStepsProps) => {
  const { made, close, end = 'Done', programs = [], connected } = props
  const url = `${window.location.origin}/agent/mcp`
  const { data, trouble } = useRead(`/agent-clients?url=${encodeURIComponent(url)}`, isClients)
  const [chosen, setChosen] = useState<string | null>(null)
  const [isOn, setOn] = useState(false)
  const turnOn = useCallback(() => {
    setOn(true)
    connected?.()
  }, [connected])
  const clients = data?.items ?? []
  const usual = clients.find((one) => programs.includes(one.name)) ?? clients[0]
  const name = chosen ?? usual?.name ?? OTHER
  const client = clients.find((one) => one.name === name) ?? null
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {trouble !== null && (
        <p role="alert" className="text-list text-bad">
          {trouble}
        </p>
      )}
      <Step number={1} title="Choose its program">
        {data !== null && <Programs clients={clients} name={name} choose={setChosen} />}
      </Step>
      {data !== null && (
        <>
          {client !== null && (
            <Step number={2} title={keyTitle(client)}>
              <CopyBox
                label="Key"
                text={client.asksForKey ? made.key : `export ${data.variable}=${made.key}`}
              />
              <p className="mt-2 text-meta text-text-3">It is shown this one time.</p>
            </Step>
          )}
          <Step number={client === null ? 2 : 3} title="Tell it where the hall is">
            <ConnectPlace client={client} url={url} secret={made.key} />
          </Step>
        </>
      )}
      <Step number={client === null ? 3 : 4} title="Start it, and say">
        <CopyBox label="First words" text={FIRST_WORDS} />
        <div className="mt-3">
          <ConnectLight made={made} connected={turnOn} />
        </div>
      </Step>
      <div>
        <Button look={isOn ? 'filled' : 'plain'} onClick={close}>
          {end}
        </Button>
      </div>
    </div>
  )
}

type ProgramsProps = Readonly<{
  clients: readonly Client[]
  name: string
  choose(name: string): void
}>

const Programs = ({ clients, name, choose }: ProgramsProps) => (
  <div className="flex flex-wrap gap-1.5" role="group" aria-label="Program">
    {[...clients, { name: OTHER, title: 'Another program' }].map((one) => (
      <Button
        key={one.name}
        look={one.name === name ? 'plain' : 'quiet'}
        aria-pressed={one.name === name}
        onClick={() => choose(one.name)}
      >
        {one.title}
      </Button>
    ))}
  </div>
)

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
