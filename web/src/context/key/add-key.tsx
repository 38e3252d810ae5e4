import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/form/field.tsx'
import { Select } from '../../ui/form/select.tsx'
import { type Tier, tierOption } from '../views.ts'
import { edited, isLocking, type Wish, wishOf } from '../node/edit.ts'
import type { Writes } from '../editor/use-writes.ts'
import { WishForm } from './wish-form.tsx'

type AddKeyProps = Readonly<{
  /** The tiers that the reader may write, outermost first. */
  tiers: readonly Tier[]
  writes: Writes
  added(path: string): void
  close(): void
}>

const PATH = /^[A-Za-z0-9_-]*[A-Za-z0-9_](\.[A-Za-z0-9_-]*[A-Za-z0-9_])*$/
const PATH_MAX = 300

/** Asks for a key, a tier and what it is to say there. */
export const AddKey = ({ tiers: now, writes, added, close }: AddKeyProps) => {
  // What the person saw when they began.
  const [tiers] = useState(now)
  const [path, setPath] = useState('')
  const [at, setAt] = useState(tiers.find(({ tier }) => tier === 'project')?.at ?? tiers[0]?.at)
  const [problem, setProblem] = useState<string | null>(null)
  const tier = tiers.find((one) => one.at === at)
  if (tier === undefined) return null
  const save = async (wish: Wish, locks: boolean): Promise<void> => {
    if (!PATH.test(path)) {
      setProblem('Write keys of letters, digits, _ and -, joined by dots: test.command.')
      return
    }
    const isDone = await writes.write({
      ...{ base: tier, path, done: `${tier.at} says it now: ${path}.` },
      about: (own) => [wishOf(own, path), isLocking(own, path)],
      next: (own) => edited(own, { path, wish, locks }),
    })
    close()
    if (isDone) added(path)
  }
  return (
    <Dialog title="Add a key" close={close} wide>
      <div className="grid gap-3 p-4">
        <Field
          label="Key"
          about="Keys inside of others are joined by dots: test.command."
          value={path}
          change={(next) => {
            setPath(next.trim())
            setProblem(null)
          }}
          problem={problem}
          maxLength={PATH_MAX}
          className="font-mono"
          first
        />
        <Select label="Where" value={tier.at} options={tiers.map(tierOption)} change={setAt} />
        <WishForm
          wish={{ kind: 'is', value: '' }}
          isLocked={false}
          mayLock={tier.tier !== 'task'}
          without={['nothing']}
          button="Add the key"
          save={save}
          cancel={close}
        />
      </div>
    </Dialog>
  )
}
