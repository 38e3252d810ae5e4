import { useState } from 'react'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/form/select.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { useNewsRead } from '../use-news-read.ts'
import { isVersions, type Tier, tierOption, type Version } from '../views.ts'
import type { Writes } from '../editor/use-writes.ts'
import { VersionDiff } from './version-diff.tsx'

type HistoryTabProps = Readonly<{ tiers: readonly Tier[]; writes: Writes }>

const STEP = 20
const SHOWN_MAX = 100

/** Shows the versions of one tier, what differs between two, and the way back to one. */
export const HistoryTab = ({ tiers, writes }: HistoryTabProps) => {
  const [chosen, choose] = useState<string | null>(null)
  const tier = tiers.find(({ at }) => at === chosen) ?? tiers.at(-1)
  if (tier === undefined) return null
  return (
    <div className="grid max-w-4xl gap-3 p-4">
      <div className="max-w-72">
        <Select
          label="History of"
          value={tier.at}
          options={tiers.map(tierOption)}
          change={choose}
        />
      </div>
      <Versions key={tier.at} tier={tier} writes={writes} />
    </div>
  )
}

const Versions = ({ tier, writes }: Readonly<{ tier: Tier; writes: Writes }>) => {
  const [count, setCount] = useState(STEP)
  const [opened, open] = useState<number | null>(null)
  const path = `/context/versions?at=${encodeURIComponent(tier.at)}&limit=${count}`
  const { data, trouble, again } = useNewsRead(path, isVersions, 'nodes')
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  if (data === null) {
    return (
      <Waiting what="the history" again={again}>
        <Skeleton lines={5} />
      </Waiting>
    )
  }
  if (data.items.length === 0) {
    return (
      <EmptyState
        title={`${tier.at} has no versions yet`}
        about="With the first key that is written here, its history begins."
      />
    )
  }
  return (
    <>
      <ul
        aria-label={`Versions of ${tier.at}`}
        className="divide-y divide-line rounded-card border border-line bg-surface"
      >
        {data.items.map((version) => (
          <li key={version.version}>
            <VersionRow
              version={version}
              isOpen={opened === version.version}
              toggle={() => open(opened === version.version ? null : version.version)}
            />
            {opened === version.version && (
              <VersionDiff tier={tier} version={version.version} writes={writes} />
            )}
          </li>
        ))}
      </ul>
      {data.next !== null && count < SHOWN_MAX && (
        <Button className="justify-self-start" onClick={() => setCount(count + STEP)}>
          Earlier versions
        </Button>
      )}
    </>
  )
}

type VersionRowProps = Readonly<{ version: Version; isOpen: boolean; toggle(): void }>

const VersionRow = ({ version, isOpen, toggle }: VersionRowProps) => {
  const { changed, changes, by, writtenAt, erased } = version
  const more = changes - changed.length
  return (
    <button
      type="button"
      data-line=""
      aria-expanded={isOpen}
      onClick={toggle}
      className="flex min-h-9 w-full flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5 text-left
        text-list hover:bg-hover"
    >
      <span className="w-9 shrink-0 text-text-3 tabular-nums">v{version.version}</span>
      <span className="inline-flex min-w-0 items-center">
        {by === null ? 'Somebody who is gone' : <Person handle={by} />}
      </span>
      <span className="min-w-0 flex-1 basis-40 truncate font-mono text-meta text-text-2">
        {changed.join(', ')}
        {more > 0 && ` and ${more} more`}
      </span>
      {erased && <Badge>Erased</Badge>}
      <span className="text-meta text-text-3">
        <Moment at={writtenAt} />
      </span>
    </button>
  )
}
