import { useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { type Shape, shape } from '../../../live/api.ts'
import { whyOf } from '../../../live/own/why-of.ts'
import { useHall } from '../../../live/use-hall.ts'

type Keyed = Readonly<{ key: string }>
type Taken = Readonly<{ key: string; before: string | null }>
type Stopped = Readonly<{ key: string; holder: string | null }>
type Back = Readonly<{ key: string; column: string; to: string | null }>
type Released = Readonly<{ key: string; column: string; before: string | null }>

const isKeyed = shape<Keyed>('key')
const isTaken = shape<Taken>('key', 'before')
const isStopped = shape<Stopped>('key', 'holder')
const isBack = shape<Back>('key', 'column', 'to')
const isReleased = shape<Released>('key', 'column', 'before')

/** What is done about the work on a task; each says what has become of it, and of the agent. */
export type Acts = Readonly<{
  isBusy: boolean
  claim(): void
  takeOver(): void
  handBack(input: Readonly<{ to?: string; note?: string }>): void
  stop(reason: string): void
  release(reason: string): void
}>

type Act<T> = Readonly<{ verb: string; input: object; is: Shape<T>; said(answer: T): string }>

/** Gives what can be done about the work on a task. */
export const useActs = ({ key }: Task): Acts => {
  const hall = useHall()
  const [isBusy, setBusy] = useState(false)
  const act = <T extends object>({ verb, input, is, said }: Act<T>): void => {
    if (isBusy) return
    setBusy(true)
    hall.api
      .write(`/tasks/${key}/${verb}`, input, is)
      .then(
        (answer) => hall.notices.show('ok', said(answer)),
        (thrown: unknown) => hall.notices.show('bad', whyOf(thrown)),
      )
      .then(() => Promise.all([hall.store.confirm(key), hall.details.confirm(key)]))
      .finally(() => setBusy(false))
      .catch(() => {})
  }
  const why = (reason: string) => (reason.trim() === '' ? {} : { reason: reason.trim() })
  return {
    isBusy,
    claim: () => act({ verb: 'claim', input: {}, is: isKeyed, said: () => `${key} is yours.` }),
    takeOver: () =>
      act({
        ...{ verb: 'take-over', input: {}, is: isTaken },
        said: ({ before }) =>
          before === null
            ? `${key} is yours.`
            : `${key} is yours. @${before} has lost it: their next call is refused.`,
      }),
    handBack: (input) =>
      act({
        ...{ verb: 'hand-back', input, is: isBack },
        said: ({ column, to }) =>
          to === null
            ? `${key} is back in ${column}: any agent may take it.`
            : `${key} is back in ${column}, for @${to}.`,
      }),
    stop: (reason) =>
      act({
        ...{ verb: 'stop', input: why(reason), is: isStopped },
        said: ({ holder }) =>
          `@${holder ?? 'the holder'} is told to stop with the next reply, and keeps it till then.`,
      }),
    release: (reason) =>
      act({
        ...{ verb: 'release', input: why(reason), is: isReleased },
        said: ({ column, before }) =>
          `${key} is back in ${column}. @${before ?? 'the holder'} has lost it.`,
      }),
  }
}
