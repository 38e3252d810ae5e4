import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Word } from '../plain-text.tsx'
import { cutText } from '../../ui/signs.ts'

type Started = Readonly<{
  url: string
  issuer: string
  scopes: readonly string[]
  expiresAt: string
}>

const isStarted = shape<Started>('url', 'issuer', 'scopes', 'expiresAt')

/** Begins to connect an account by signing in elsewhere; says where before one goes there. */
export const OauthStart = ({ server }: Readonly<{ server: string }>) => {
  const { api } = useHall()
  const [started, setStarted] = useState<Started | null>(null)
  if (started === null) {
    const start = async (): Promise<void> => {
      setStarted(await api.write(`/tool-servers/${server}/connection/start`, {}, isStarted))
    }
    return (
      <div className="grid justify-items-start gap-2">
        <p className="text-list text-text-2">
          You sign in where the account is. This hall gets a token for it, never your password.
        </p>
        <ActButton look="filled" act={start}>
          Sign in to connect
        </ActButton>
      </div>
    )
  }
  const { url, issuer, scopes, expiresAt } = started
  return (
    <div className="grid justify-items-start gap-2 text-list">
      <p className="text-text-2">
        You go to <Word text={issuer} /> and come back when you have signed in there.
      </p>
      {scopes.length > 0 && (
        <p className="text-text-2">
          Asked for: <Word text={cutText(scopes.join(', '), 1_000)} />
        </p>
      )}
      {isWebAddress(url) ? (
        <a
          href={url}
          rel="noreferrer"
          className="inline-flex h-8 items-center gap-1.5 rounded-control bg-accent px-2.5
            font-medium text-on-accent hover:opacity-90"
        >
          <ExternalLink aria-hidden="true" className="size-4" />
          Go there
        </a>
      ) : (
        <p role="alert" className="text-bad">
          That is no address of the web.
        </p>
      )}
      <p className="text-meta text-text-3">
        Come back before this ends: <Moment at={expiresAt} />.
      </p>
    </div>
  )
}

// The address comes from whoever gives out the tokens; only the web is gone to.
const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol)
