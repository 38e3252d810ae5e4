import { useParams } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Refused, shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { Checks } from '../../ui/form/checks.tsx'
import { type Trouble, troubleOf, useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { AgentChoice, NEW_AGENT } from './agent-choice.tsx'
import { EntryPage } from './entry-page.tsx'

type Asked = Readonly<{
  uid: string
  kind: 'browser' | 'device'
  client: Readonly<{ name: string; id: string; host: string | null }>
  redirect: Readonly<{ host: string; isLocal: boolean }> | null
  warning: string | null
  resource: 'mcp' | 'v1'
  scopes: readonly Readonly<{ scope: string; words: string }>[]
  agents: readonly Readonly<{ handle: string; projects: readonly string[] }>[]
  suggested: string | null
}>

const isAsked = shape<Asked>('uid', 'client', 'scopes', 'agents')
const isDecided = shape<{ next: string }>('next')

/** Lets a person decide about a program that asks for access. */
export const ConsentPage = () => {
  const { uid = '' } = useParams({ strict: false })
  const { asked, trouble } = useAsked(uid)
  if (trouble !== null) {
    return (
      <EntryPage title="There is nothing to decide" about={<p role="alert">{trouble.said}</p>} />
    )
  }
  if (asked === null) return <EntryPage title="A program asks for access" about="One moment ..." />
  const { client, redirect, kind, resource } = asked
  return (
    <EntryPage wide title={`Allow ${client.name} to act for you?`}>
      <dl className="grid gap-2 rounded-card border border-line bg-sunken p-3">
        {redirect !== null && <Fact name="The answer goes to" text={redirect.host} isStrong />}
        {kind === 'device' && <Fact name="Asked on" text="Another device or terminal" isStrong />}
        <Fact
          name="The name is vouched for by"
          text={client.host ?? (resource === 'v1' ? 'This hub: its own command line' : 'Nobody')}
        />
      </dl>
      {asked.warning !== null && (
        <p className="flex gap-2.5 rounded-card bg-wait-soft p-3 text-list">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-wait" aria-label="Take care:" />
          {asked.warning}
        </p>
      )}
      <Decision asked={asked} />
    </EntryPage>
  )
}

const Fact = (props: Readonly<{ name: string; text: string; isStrong?: boolean }>) => (
  <div>
    <dt className="text-meta text-text-3">{props.name}</dt>
    <dd className={`break-all ${props.isStrong ? 'text-title font-semibold' : ''}`}>
      {props.text}
    </dd>
  </div>
)

const Decision = ({ asked }: Readonly<{ asked: Asked }>) => {
  const { api } = useHall()
  const deed = useDeed()
  const [scopes, setScopes] = useState<readonly string[]>(asked.scopes.map(({ scope }) => scope))
  const [agent, setAgent] = useState(asked.suggested ?? asked.agents[0]?.handle ?? NEW_AGENT)
  const [name, setName] = useState(asked.client.name)
  const [projects, setProjects] = useState<readonly string[]>([])
  const path = `/oauth/consents/${asked.uid}`
  const give = async (): Promise<void> => {
    const as = agent === NEW_AGENT ? { newAgent: { name } } : { agent }
    const cut = projects.length > 0 && { projects }
    const input = asked.resource === 'mcp' ? { scopes, ...as, ...cut } : {}
    const { next } = await api.write(path, input, isDecided)
    window.location.assign(next)
  }
  const refuse = async (): Promise<void> => {
    const { next } = await api.write(`${path}/refuse`, {}, isDecided)
    window.location.assign(next)
  }
  return (
    <Form
      deed={deed}
      act={give}
      button="Allow"
      aside={
        <Button disabled={deed.isBusy} onClick={() => deed.run(refuse)}>
          Refuse
        </Button>
      }
    >
      {asked.resource === 'mcp' ? (
        <>
          <Checks
            label="It may"
            options={asked.scopes.map(({ scope, words }) => ({ value: scope, name: words }))}
            chosen={scopes}
            change={setScopes}
          />
          <AgentChoice
            agents={asked.agents}
            agent={agent}
            changeAgent={setAgent}
            name={name}
            changeName={setName}
            projects={projects}
            changeProjects={setProjects}
          />
        </>
      ) : (
        <p>It acts as you, with everything that you may do here.</p>
      )}
    </Form>
  )
}

const WENT = 'guildhall.went'

const useAsked = (uid: string) => {
  const { api } = useHall()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  useEffect(() => {
    api.read(`/oauth/consents/${encodeURIComponent(uid)}`, isAsked).then(
      (found) => {
        window.sessionStorage.removeItem(WENT)
        setAsked(found)
      },
      (thrown: unknown) => {
        // The request may only have to be laid before this session; asking for that once is enough.
        const isOpenElsewhere = thrown instanceof Refused && thrown.code === NOT_OPEN
        const isFirst = window.sessionStorage.getItem(WENT) !== uid
        if (!isOpenElsewhere || !isFirst) return setTrouble(troubleOf(thrown))
        window.sessionStorage.setItem(WENT, uid)
        window.location.replace(`/oauth/interaction/${encodeURIComponent(uid)}/go`)
      },
    )
  }, [api, uid])
  return { asked, trouble }
}

const NOT_OPEN = 'identity.consent_not_open'
