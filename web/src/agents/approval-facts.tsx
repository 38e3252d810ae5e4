import type { ReactNode } from 'react'
import type { ApprovalItem } from '../live/inbox.ts'
import { useRead } from '../live/use-read.ts'
import { Moment } from '../ui/moment.tsx'
import { TroubleLine } from '../ui/state/trouble-line.tsx'
import { isDetails } from './views.ts'

const HASH_SHOWN = 12

/** Shows what exactly a yes covers: the arguments as they are hashed, and what they are for. */
export const ApprovalFacts = ({ item }: Readonly<{ item: ApprovalItem }>) => {
  const { data, trouble, again } = useRead(`/approvals/${item.key}`, isDetails)
  const args = data?.args ?? item.args
  return (
    <>
      {trouble !== null && <TroubleLine said={trouble} again={again} />}
      <div>
        <h3 className="text-meta font-medium text-text-3">Exact arguments</h3>
        <pre
          // Long ones are scrolled, with the keyboard, too.
          tabIndex={0}
          aria-label={`Arguments of ${item.key}`}
          className="mt-1 max-h-80 overflow-auto rounded-card border border-line bg-sunken p-2.5
            font-mono text-meta break-all whitespace-pre-wrap"
        >
          {args ?? 'Loading'}
        </pre>
      </div>
      {data !== null && (
        <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-list">
          {data.tool !== null && <Fact name="Tool">{data.tool}</Fact>}
          {data.definitionSha256 !== null && (
            <Fact name="Its definition">
              <Digest value={data.definitionSha256} />
            </Fact>
          )}
          <Fact name="For">{`${data.ref.room}, ${data.ref.id}`}</Fact>
          <Fact name="Policy">{`Version ${data.policyVersion}`}</Fact>
          <Fact name="Hash of all this">
            <Digest value={data.argsSha256} />
          </Fact>
          <Fact name="Asked">
            <Moment at={data.askedAt} />
          </Fact>
          <Fact name="Without an answer">
            It is denied <Moment at={data.expiresAt} />
          </Fact>
        </dl>
      )}
    </>
  )
}

const Fact = ({ name, children }: Readonly<{ name: string; children: ReactNode }>) => (
  <>
    <dt className="text-text-3">{name}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)

const Digest = ({ value }: Readonly<{ value: string }>) => (
  <span title={value} className="font-mono text-meta">
    {value.slice(0, HASH_SHOWN)}
  </span>
)
