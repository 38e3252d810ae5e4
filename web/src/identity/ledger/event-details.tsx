import type { ReactNode } from 'react'
import { useRead } from '../../live/use-read.ts'
import { Coming } from '../../ui/state/coming.tsx'
import { isSealed } from './views.ts'

/** Shows all of one event: what it says, by which call it came, and how it is sealed. */
export const EventDetails = ({ pos }: Readonly<{ pos: number }>) => {
  const { data, trouble, again } = useRead(`/ledger/events/${pos}`, isSealed)
  if (data === null) return <Coming what="the event" trouble={trouble} again={again} />
  const { event, at, sealedAt, operation, door, onBehalfOf, outcome, signedBy, before } = data
  return (
    <div className="grid gap-3">
      <dl
        className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-list
          max-sm:grid-cols-1"
      >
        <Fact name="Event">
          <Mono>{event}</Mono>
        </Fact>
        <Fact name="Happened">{momentOf(at)}</Fact>
        <Fact name="Sealed">
          {`${momentOf(sealedAt)}, at position ${data.pos}`}
          {signedBy === null ? ', not signed yet' : `, signed with the first ${signedBy}`}
        </Fact>
        {operation !== null && (
          <Fact name="By">
            <Mono>{operation}</Mono>
            {door !== null && ` through ${door}`}
            {onBehalfOf !== null && `, in the name of @${onBehalfOf}`}
            {outcome !== null && outcome !== 'ok' && `, ${outcome}`}
          </Fact>
        )}
        <Fact name="Object">
          <Mono>{data.object}</Mono>
        </Fact>
        {data.trace !== null && (
          <Fact name="Trace">
            <Mono>{data.trace}</Mono>
          </Fact>
        )}
        <Fact name="Hash">
          <Mono>{data.hash}</Mono>
        </Fact>
        <Fact name="Hash before">{before === null ? 'no longer kept' : <Mono>{before}</Mono>}</Fact>
        <Fact name="Digest">
          <Mono>{data.digest}</Mono>
        </Fact>
      </dl>
      <pre
        // Long ones are scrolled, with the keyboard, too.
        tabIndex={0}
        aria-label={`Fields of event ${data.pos}`}
        className="max-h-72 overflow-auto rounded-control border border-line bg-surface p-2.5
          font-mono text-meta break-all whitespace-pre-wrap"
      >
        {JSON.stringify(data.data, null, 2)}
      </pre>
    </div>
  )
}

const momentOf = (at: string): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const Mono = ({ children }: Readonly<{ children: string }>) => (
  <span className="font-mono text-meta break-all">{children}</span>
)

const Fact = ({ name, children }: Readonly<{ name: string; children: ReactNode }>) => (
  <>
    <dt className="text-text-3">{name}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)
