import type { ReactNode } from 'react'
import { CopyBox } from '../../ui/copy-box.tsx'
import type { Client } from './views.ts'

type ConnectPlaceProps = Readonly<{
  /** A program that we know; `null`: any other one. */
  client: Client | null
  url: string
  secret: string
}>

/** Shows how a program is told where the hall is: by its own command, its file, or by hand. */
export const ConnectPlace = ({ client, url, secret }: ConnectPlaceProps) => {
  if (client === null) return <ByHand url={url} secret={secret} />
  const { add, command, file, snippet } = client
  const where = file.startsWith('~') ? '' : ' in the folder that it works in'
  const configuration = <CopyBox label="Configuration" text={snippet} />
  if (add !== null) {
    return (
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
        <Said>Run this{where}:</Said>
        <CopyBox label="Command" text={add} />
        <details>
          <summary className="cursor-pointer py-1 text-list text-text-2">
            Or put this into <Code>{file}</Code>
          </summary>
          <div className="mt-1">{configuration}</div>
        </details>
      </div>
    )
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <Said>
        Put this into <Code>{file}</Code>
        {where}:
      </Said>
      {configuration}
      <Said>
        On the machine of the hub <Code>{command}</Code> writes it.
      </Said>
    </div>
  )
}

const ByHand = ({ url, secret }: Readonly<{ url: string; secret: string }>) => (
  <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
    <Said>Any program that speaks MCP over HTTP takes this address:</Said>
    <CopyBox label="Address" text={url} />
    <Said>With each request it sends this header. The key is shown this one time.</Said>
    <CopyBox label="Header" text={`Authorization: Bearer ${secret}`} />
  </div>
)

const Said = ({ children }: Readonly<{ children: ReactNode }>) => (
  <p className="text-list text-text-2">{children}</p>
)

const Code = ({ children }: Readonly<{ children: string }>) => (
  <code className="font-mono break-all">{children}</code>
)
