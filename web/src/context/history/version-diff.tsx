import { useState } from 'react'
import { ActButton } from '../../ui/act-button.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import { useRead } from '../../live/use-read.ts'
import { isTold, type Tier, type Told } from '../views.ts'
import { DiffView } from './diff-view.tsx'
import { leafDiff } from '../node/diff.ts'
import { patched } from '../node/edit.ts'
import { saidAt } from '../node/paths.ts'
import type { Writes } from '../editor/use-writes.ts'

type VersionDiffProps = Readonly<{ tier: Tier; version: number; writes: Writes }>

/** Shows what a version changed, or what is other today, and brings it back. */
export const VersionDiff = ({ tier, version, writes }: VersionDiffProps) => {
  const [against, setAgainst] = useState<'before' | 'now'>('before')
  const at = encodeURIComponent(tier.at)
  const told = useRead(`/context/versions/${version}?at=${at}`, isTold)
  const hasBefore = version > 1
  const before = useRead(hasBefore ? `/context/versions/${version - 1}?at=${at}` : null, isTold)
  const trouble = told.trouble ?? (against === 'before' ? before.trouble : null)
  const base = hasBefore ? before.data : FIRST
  const isNow = version === tier.version
  if (told.data === null && trouble === null) {
    return (
      <Waiting what="the version" again={told.again}>
        <Skeleton lines={2} className="p-3" />
      </Waiting>
    )
  }
  return (
    <section aria-label={`Version ${version}`} className="border-t border-line bg-ground">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-3 pt-2 text-list">
        <Against value={against} change={setAgainst} />
        {told.data !== null && !isNow && tier.writable && (
          <Restore tier={tier} told={told.data} writes={writes} />
        )}
      </div>
      {trouble !== null && <TroubleLine said={trouble} again={told.again} className="p-3" />}
      {told.data !== null && <Gone told={told.data} />}
      {told.data !== null && against === 'now' && (
        <DiffView before={told.data.data} after={tier.data} />
      )}
      {told.data !== null && against === 'before' && base !== null && (
        <DiffView before={base.data} after={told.data.data} />
      )}
    </section>
  )
}

const FIRST: Pick<Told, 'data'> = { data: {} }

type AgainstProps = Readonly<{ value: 'before' | 'now'; change(to: 'before' | 'now'): void }>

const Against = ({ value, change }: AgainstProps) => (
  <fieldset className="flex items-center gap-4">
    <legend className="sr-only">Compare with</legend>
    {(['before', 'now'] as const).map((one) => (
      <label key={one} className="inline-flex min-h-8 items-center gap-1.5">
        <input
          type="radio"
          checked={value === one}
          onChange={() => change(one)}
          className="size-3.5 accent-accent"
        />
        {one === 'before' ? 'What it changed' : 'What is other today'}
      </label>
    ))}
  </fieldset>
)

const Gone = ({ told }: Readonly<{ told: Told }>) =>
  told.whole ? null : (
    <p role="note" className="px-3 pt-2 text-list text-text-2">
      Parts of this version are gone: they were erased, or are too old to be kept here.
    </p>
  )

const Restore = ({ tier, told, writes }: Readonly<{ tier: Tier; told: Told; writes: Writes }>) => {
  if (!told.whole) return null
  const { version, data } = told
  const restore = (): Promise<unknown> => {
    const changes = leafDiff(tier.data, data)
    return writes.write({
      ...{ base: tier, done: `${tier.at} says again what it said in version ${version}.` },
      about: (own) => changes.map(({ path }) => saidAt(own, path)),
      next: (own) => patched(own, changes),
    })
  }
  return (
    <ActButton
      act={restore}
      ask={{
        title: `Bring version ${version} back?`,
        about: `${tier.at} then says what it said there, as a new version. Nothing is lost.`,
        button: 'Bring it back',
      }}
    >
      Bring it back
    </ActButton>
  )
}
