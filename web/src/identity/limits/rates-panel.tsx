import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Me } from '../../live/own/rights.ts'
import { useLive } from '../../live/use-live.ts'
import { useRead } from '../../live/use-read.ts'
import { Select } from '../../ui/form/select.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { isHandles, isLimits, type Limits, nameOf, numberOf, paceOf, type Rate } from './views.ts'

// That a call was counted is no event: what is left shows with the next look.
const LOOK_MS = 5_000
const LIMITS = { is: isLimits, wants: /^identity\.(principal|seats)_/, everyMs: LOOK_MS }

type RatesPanelProps = Readonly<{
  me: Me
  /** The limits of others may be seen, too. */
  mayAll: boolean
}>

/** Shows the limits of calls, and what is left of them. */
export const RatesPanel = ({ me, mayAll }: RatesPanelProps) => {
  const navigate = useNavigate()
  const { who = '' } = useSearch({ strict: false })
  const asked = mayAll && who !== '' ? `?principal=${encodeURIComponent(who)}` : ''
  const read = useLive(`/limits${asked}`, LIMITS)
  const choose = (handle: string): void => {
    const search = handle === '' ? {} : { who: handle }
    navigate({ to: '/settings/limits', search, replace: true }).catch(() => {})
  }
  return (
    <Panel
      title="Calls"
      anchor="calls"
      about="Counted one by one. Beyond a limit the hall refuses, and says how long to wait."
      read={read}
    >
      {(mayAll || read.data !== null) && (
        <PanelBody>
          <div className="grid gap-4">
            {mayAll && <Who me={me} who={who} choose={choose} />}
            {read.data !== null && <Rates {...read.data} />}
          </div>
        </PanelBody>
      )}
    </Panel>
  )
}

type WhoProps = Readonly<{ me: Me; who: string; choose(handle: string): void }>

const Who = ({ me, who, choose }: WhoProps) => {
  const { data } = useRead('/principals?limit=100', isHandles)
  const handles = (data?.items ?? []).map(({ handle }) => handle)
  const others = handles.filter((handle) => handle !== me.handle)
  // Whoever stands in the address may be beyond the first hundred.
  const all = who === '' || others.includes(who) ? others : [who, ...others]
  return (
    <div className="max-w-64">
      <Select
        label="Whose"
        value={who}
        change={choose}
        options={[
          { value: '', name: `Yours (@${me.handle})` },
          ...all.map((handle) => ({ value: handle, name: `@${handle}` })),
        ]}
      />
    </div>
  )
}

const Rates = ({ rates, organisation, streams }: Limits) => (
  <table aria-label="Limits of calls" className="w-full text-list max-sm:block">
    <thead className="text-left text-meta text-text-3 max-sm:sr-only">
      <tr className="border-b border-line">
        <th scope="col" className="py-1.5 pr-3 font-medium">
          What
        </th>
        <th scope="col" className="py-1.5 pr-3 font-medium max-sm:sr-only">
          Limit
        </th>
        <th scope="col" className="py-1.5 font-medium whitespace-nowrap max-sm:text-right">
          Left now
        </th>
      </tr>
    </thead>
    <tbody className="divide-y divide-line max-sm:block">
      {rates.map((rate) => (
        <RateRow key={rate.name} name={nameOf(rate)} limit={paceOf(rate)} rate={rate} />
      ))}
      <RateRow
        name="Live connections at a time"
        limit={numberOf(streams.most)}
        rate={{ burst: streams.most, left: streams.most - streams.open, wholeInS: 0 }}
      />
      {organisation !== null && (
        <RateRow name={nameOf(organisation)} limit={paceOf(organisation)} rate={organisation} />
      )}
    </tbody>
  </table>
)

type RateRowProps = Readonly<{
  name: string
  limit: string
  rate: Pick<Rate, 'burst' | 'left' | 'wholeInS'>
}>

const FEW = 0.2

const RateRow = ({ name, limit, rate: { burst, left, wholeInS } }: RateRowProps) => {
  const share = burst === 0 ? 0 : left / burst
  const hue = left === 0 ? 'bg-bad' : share < FEW ? 'bg-wait' : 'bg-text-3'
  return (
    <tr className="max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_minmax(0,auto)] max-sm:gap-x-3">
      <th scope="row" className="py-2 pr-3 text-left font-normal max-sm:pb-0">
        {name}
      </th>
      <td
        className="py-2 pr-3 text-text-2 tabular-nums max-sm:order-last max-sm:col-span-2
          max-sm:pt-0"
      >
        {limit}
      </td>
      <td className="py-2 tabular-nums max-sm:pb-0">
        <span className="flex items-center gap-2 max-sm:justify-end">
          <span
            aria-hidden="true"
            className="h-1.5 w-16 shrink-0 overflow-hidden rounded-control bg-hover"
          >
            <span
              className={`block h-full ${hue}`}
              style={{ width: `${Math.round(share * 100)}%` }}
            />
          </span>
          <span
            className="text-right sm:whitespace-nowrap"
            title={wholeInS > 0 ? wholeAgain(wholeInS) : 'All'}
          >
            {numberOf(left)} of {numberOf(burst)}
          </span>
        </span>
      </td>
    </tr>
  )
}

const MINUTE_S = 60

const wholeAgain = (seconds: number): string =>
  seconds < MINUTE_S * 2
    ? `All of it again in ${seconds} s`
    : `All of it again in ${Math.ceil(seconds / MINUTE_S)} minutes`
