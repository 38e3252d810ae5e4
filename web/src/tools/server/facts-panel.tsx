import type { ReactNode } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { LongText, Word } from '../plain-text.tsx'
import type { ServerDetails } from '../views.ts'

const KINDS: Record<ServerDetails['kind'], string> = {
  http: 'MCP over HTTP',
  sse: 'MCP over HTTP with SSE',
  stdio: 'MCP, a program on this machine',
  openapi: 'A service with an OpenAPI document',
}
const BALANCES: Record<ServerDetails['balance'], string> = {
  least_connections: 'to whichever has least to do',
  round_robin: 'by turns',
  weighted: 'by weight',
  hash: 'each caller to the same one',
}
const REPLICAS: Record<ServerDetails['replicas'][number]['state'], string> = {
  closed: 'passes',
  open: 'held back',
  half_open: 'being tried',
}

/** Shows what a server is, where it is, and who answers for it. */
export const FactsPanel = ({ server }: Readonly<{ server: ServerDetails }>) => {
  const { kind, entry, packageVersion, server: says, replicas, owner, foundAt } = server
  return (
    <Panel title="About the server">
      <PanelBody>
        <dl className="grid gap-x-4 gap-y-1.5 text-list sm:grid-cols-[max-content_1fr]">
          <Fact name="Kind">{KINDS[kind]}</Fact>
          {entry !== null && <Fact name="Out of the catalogue">{entry}</Fact>}
          {packageVersion !== null && <Fact name="Version">{packageVersion}</Fact>}
          {says !== null && (
            <Fact name="It calls itself">
              <Word text={says} />
            </Fact>
          )}
          {replicas.length > 0 && (
            <Fact name={replicas.length === 1 ? 'Address' : 'Addresses'}>
              <Replicas server={server} />
            </Fact>
          )}
          <Fact name="Answers for it">{owner === null ? 'Nobody' : `@${owner}`}</Fact>
          <Fact name="Asked">{foundAt === null ? 'Not yet' : <Moment at={foundAt} />}</Fact>
        </dl>
        {server.instructions !== null && (
          <details className="mt-3">
            <summary className="cursor-pointer text-list text-text-2">
              What it tells models that use it
            </summary>
            <div className="mt-2">
              <LongText text={server.instructions} label="Instructions of the server" />
            </div>
          </details>
        )}
      </PanelBody>
    </Panel>
  )
}

const Replicas = ({ server: { replicas, balance } }: Readonly<{ server: ServerDetails }>) => (
  <>
    <ul className="grid gap-1">
      {replicas.map(({ url, state, weight }) => (
        <li key={url} className="flex flex-wrap items-center gap-x-2">
          <span className="font-mono text-meta break-all">{url}</span>
          {(state !== 'closed' || replicas.length > 1) && (
            <Badge hue={state === 'closed' ? 'ok' : 'bad'}>{REPLICAS[state]}</Badge>
          )}
          {balance === 'weighted' && <span className="text-text-3">weight {weight}</span>}
        </li>
      ))}
    </ul>
    {replicas.length > 1 && <p className="text-text-2">{`Calls go ${BALANCES[balance]}.`}</p>}
  </>
)

const Fact = ({ name, children }: Readonly<{ name: string; children: ReactNode }>) => (
  <>
    <dt className="text-text-3">{name}</dt>
    <dd className="min-w-0 break-words max-sm:mb-1">{children}</dd>
  </>
)
