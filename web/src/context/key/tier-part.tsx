import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { placeOf, TIER_NAMES, type Tier } from '../views.ts'
import { isLines } from '../node/draft.ts'
import { edited, isLocking, proposalOf, type Wish, wishOf } from '../node/edit.ts'
import type { Cell } from '../node/rows.ts'
import { ShareDialog } from './share-dialog.tsx'
import type { Writes } from '../editor/use-writes.ts'
import { CellView } from './value-text.tsx'
import { WishForm } from './wish-form.tsx'

type TierPartProps = Readonly<{
  path: string
  tier: Tier
  cell: Cell | undefined
  /** The tiers outside of it, to which what it says can be proposed. */
  outer: readonly Tier[]
  writes: Writes
  /** Changes all that the tier says: for what no form has room. */
  writeJson(): void
}>

/** Shows what one tier says about a key, and the ways to change it. */
export const TierPart = (props: TierPartProps) => {
  const { path, tier, cell, outer, writes, writeJson } = props
  const [open, setOpen] = useState<'edit' | 'share' | null>(null)
  // What the person saw when they began to change it.
  const [base, setBase] = useState(tier)
  const wish = wishOf(tier.data, path)
  const isLocked = isLocking(tier.data, path)
  const says = wish.kind !== 'nothing' || isLocked
  const proposal = proposalOf(path, wish)
  const close = (): void => setOpen(null)
  const hasForm = wish.kind !== 'list' || (isLines(wish.adds) && isLines(wish.takes))
  const edit = (): void => {
    if (!hasForm) return writeJson()
    setBase(tier)
    setOpen('edit')
  }
  const write = (next: Wish, locks: boolean): Promise<boolean> => {
    close()
    return writes.write({
      ...{ base, path, done: `${tier.at} says it now: ${path}.` },
      about: (own) => [wishOf(own, path), isLocking(own, path)],
      next: (own) => edited(own, { path, wish: next, locks }),
    })
  }
  return (
    <section aria-label={`${TIER_NAMES[tier.tier]} ${tier.at}`} className="mt-5">
      <header className="flex min-h-8 flex-wrap items-center gap-x-2">
        <h3 className="min-w-0 flex-1 truncate text-list font-semibold">
          {TIER_NAMES[tier.tier]}
          <span className="ml-1.5 font-normal text-text-3">{placeOf(tier)}</span>
        </h3>
        {open !== 'edit' && (
          <>
            {outer.length > 0 && proposal !== null && (
              <Button look="quiet" onClick={() => setOpen('share')}>
                Push up
              </Button>
            )}
            {tier.writable && (
              <Button
                aria-label={says ? `Change in ${tier.at}` : `Say it here, in ${tier.at}`}
                onClick={edit}
              >
                {says ? 'Change' : 'Say it here'}
              </Button>
            )}
          </>
        )}
      </header>
      {open === 'edit' ? (
        <div className="mt-1 rounded-card border border-line p-3">
          <WishForm
            wish={says ? wish : { kind: 'is', value: '' }}
            isLocked={isLocked}
            mayLock={tier.tier !== 'task'}
            button="Save"
            calm
            save={write}
            cancel={close}
          />
        </div>
      ) : (
        <div className="text-list">
          {cell !== undefined && says ? (
            <CellView cell={cell} />
          ) : (
            <span className="text-text-3">Says nothing</span>
          )}
        </div>
      )}
      {open === 'share' && proposal !== null && (
        <ShareDialog proposal={proposal} from={tier.at} to={outer} close={close} />
      )}
    </section>
  )
}
