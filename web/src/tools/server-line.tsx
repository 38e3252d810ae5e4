import { Link } from '@tanstack/react-router'
import { Badge } from '../ui/badge.tsx'
import { Word } from './plain-text.tsx'
import { counted, HEALTH, type Server } from './views.ts'
import { cutText } from '../ui/signs.ts'

/** Shows a server in a line: how it stands and why, its version, tools, and who is connected. */
export const ServerLine = ({ server }: Readonly<{ server: Server }>) => (
  <li className="relative px-4 py-3 hover:bg-hover">
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Link
        to="/tools/$server"
        params={{ server: server.slug }}
        data-line={server.slug}
        className="rounded-control font-medium after:absolute after:inset-0"
      >
        <Word text={server.title} />
      </Link>
      {server.title !== server.slug && (
        <span className="font-mono text-meta text-text-3">{server.slug}</span>
      )}
      <HealthMark server={server} />
      {server.waiting > 0 && <Badge hue="wait">{`${server.waiting} to decide`}</Badge>}
    </span>
    <span className="mt-0.5 block text-list text-text-2">
      <Word text={factsOf(server).join(' · ')} />
    </span>
    <WhyNot server={server} />
  </li>
)

/** Shows how a server stands. */
export const HealthMark = ({ server }: Readonly<{ server: Server }>) => {
  const [name, hue, about] = HEALTH[server.state]
  return (
    <Badge hue={hue} title={about}>
      {name}
    </Badge>
  )
}

const QUIET: ReadonlySet<Server['state']> = new Set(['ready', 'starting'])
const WHY_CHARS = 300

/** Shows why a server does not stand as one would wish. */
export const WhyNot = ({ server }: Readonly<{ server: Server }>) => {
  const { state, failure } = server
  if (QUIET.has(state)) return null
  const [, , about] = HEALTH[state]
  return (
    <span className="mt-0.5 block text-list text-text-2">
      {about}
      {failure !== null && (
        <span className="block text-bad">
          <Word text={cutText(failure, WHY_CHARS)} />
        </span>
      )}
    </span>
  )
}

const KINDS: Record<Server['kind'], string> = {
  http: 'MCP by HTTP',
  sse: 'MCP by SSE',
  stdio: 'Program on this machine',
  openapi: 'Service with an OpenAPI document',
}

const factsOf = (server: Server): readonly string[] => {
  const { kind, packageVersion, server: says, tools, credential, connected, accounts } = server
  const version = packageVersion ?? says
  return [
    counted(tools, 'tool'),
    KINDS[kind],
    ...(version === null ? [] : [version]),
    ...(credential === 'none' ? [] : [connectedBy({ credential, connected, accounts })]),
  ]
}

const connectedBy = ({
  credential,
  connected,
  accounts,
}: Pick<Server, 'credential' | 'connected' | 'accounts'>): string => {
  if (credential === 'shared') return connected ? 'Shared account' : 'No account'
  const own = connected ? 'You are connected' : 'You are not connected'
  return `${own}, ${counted(accounts, 'account')} in all`
}
