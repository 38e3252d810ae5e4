import { Braces } from 'lucide-react'
import { Fragment, type RefObject } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { placeOf, TIER_NAMES, type Tier } from '../views.ts'
import { plainText } from '../node/json-text.ts'
import type { Row } from '../node/rows.ts'
import { CellView, LockMark } from '../key/value-text.tsx'

type TableProps = Readonly<{
  rows: readonly Row[]
  tiers: readonly Tier[]
  chosen: string | undefined
  /** Set where each tier is shown elsewhere: then there is room for what holds only. */
  isNarrow: boolean
  /** The place whose change is under way: what holds in the end is not known yet. */
  isUnderWay(at: string): boolean
  open(path: string): void
  writeJson(at: string): void
  list: RefObject<HTMLTableSectionElement | null>
}>

const HEAD =
  'sticky top-0 z-10 border-b border-line bg-ground px-3 py-2 text-left align-bottom lg:first:pl-4'

/** Shows what each tier says, key by key, and what holds in the end. */
export const ContextTable = (props: TableProps) => {
  const { rows, tiers, chosen, isNarrow, isUnderWay, open, writeJson, list } = props
  const columns = isNarrow ? [] : tiers
  const isBusy = tiers.some(({ at }) => isUnderWay(at))
  return (
    <table
      className={`w-full table-fixed border-separate border-spacing-0 text-list ${
        isNarrow ? '' : 'lg:min-w-[46rem]'
      }`}
    >
      <caption className="sr-only">What each tier says, and what holds in the end</caption>
      <thead>
        <tr>
          <th
            scope="col"
            className={`${HEAD} font-medium text-text-2 ${isNarrow ? 'w-2/5' : 'w-2/5 lg:w-44'}`}
          >
            Key
          </th>
          {columns.map((tier) => (
            <TierHead key={tier.at} tier={tier} writeJson={() => writeJson(tier.at)} />
          ))}
          <th scope="col" className={`${HEAD} font-medium`}>
            Effective
          </th>
        </tr>
      </thead>
      <tbody ref={list}>
        {rows.map((row) => (
          <tr
            key={row.path}
            data-path={row.path}
            className={`group align-top [&>*]:border-b [&>*]:border-line ${
              row.path === chosen ? 'bg-accent-soft' : 'hover:bg-hover'
            }`}
          >
            <th scope="row" className="px-3 py-1.5 text-left font-normal lg:pl-4">
              <button
                type="button"
                data-line=""
                aria-current={row.path === chosen}
                onClick={() => open(row.path)}
                className="min-h-6 rounded-control text-left font-mono text-meta
                  [overflow-wrap:anywhere] hover:underline aria-[current=true]:font-semibold"
              >
                <Path path={row.path} />
              </button>
            </th>
            {columns.map(({ at }, index) => (
              <td key={at} className="px-3 py-2 max-lg:hidden">
                <CellView cell={row.cells[index]} />
              </td>
            ))}
            <td className={`px-3 py-2 ${isBusy ? 'opacity-60' : ''}`}>
              <Effective row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Shows a path that breaks behind its dots where it has to. */
const Path = ({ path }: Readonly<{ path: string }>) =>
  path.split('.').map((name, at) => (
    // Names of one path stay where they are.
    <Fragment key={`${at} ${name}`}>
      {at > 0 && (
        <>
          .<wbr />
        </>
      )}
      {name}
    </Fragment>
  ))

const TierHead = ({ tier, writeJson }: Readonly<{ tier: Tier; writeJson(): void }>) => (
  <th scope="col" className={`${HEAD} font-normal max-lg:hidden`}>
    <span className="flex items-end justify-between gap-1">
      <span className="min-w-0">
        <span className="block font-medium">{TIER_NAMES[tier.tier]}</span>
        <span className="block truncate text-meta text-text-3" title={tier.title}>
          {placeOf(tier)}
          {tier.version > 0 && ` · v${tier.version}`}
        </span>
      </span>
      <IconButton label={`${tier.at} as JSON`} onClick={writeJson}>
        <Braces className="size-3.5" />
      </IconButton>
    </span>
  </th>
)

const Effective = ({ row }: Readonly<{ row: Row }>) => {
  const { value, from, removed, lockedBy } = row
  return (
    <span className="grid min-w-0 gap-0.5">
      {value !== undefined && (
        <span dir="auto" className="line-clamp-3 font-medium [overflow-wrap:anywhere]">
          {plainText(value)}
        </span>
      )}
      {removed !== null && <span className="text-text-3 italic">removed</span>}
      <span className="flex flex-wrap gap-x-2 text-meta text-text-3">
        {from !== null && <span>from {from.from}</span>}
        {removed !== null && <span>by {removed.from}</span>}
        {lockedBy !== null && <LockMark text={`locked by ${lockedBy}`} />}
      </span>
    </span>
  )
}
