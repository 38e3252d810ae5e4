import { useCallback, useRef, useState } from 'react'
import { Refused } from '../../live/api.ts'
import { whyOf } from '../../live/own/why-of.ts'

/** Why something did not work, and at which field. */
export type Trouble = Readonly<{ said: string; field: string | null; code: string }>

/** Something that a person does with a button: under way or not, and what became of it. */
export type Deed = Readonly<{
  isBusy: boolean
  trouble: Trouble | null
  /** Does it, once at a time. */
  run(act: () => Promise<unknown>): void
  /** Says what is wrong before anything was sent. */
  object(trouble: Trouble | null): void
}>

/** Keeps what a person is doing: one thing at a time, and the sentence of a refusal. */
export const useDeed = (): Deed => {
  const [isBusy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const isRunning = useRef(false)
  const run = useCallback((act: () => Promise<unknown>): void => {
    if (isRunning.current) return
    isRunning.current = true
    setBusy(true)
    setTrouble(null)
    act()
      .catch((thrown: unknown) => setTrouble(troubleOf(thrown)))
      .finally(() => {
        isRunning.current = false
        setBusy(false)
      })
  }, [])
  return { isBusy, trouble, run, object: setTrouble }
}

/** Says what was thrown as a person reads it. */
export const troubleOf = (thrown: unknown): Trouble => {
  const said = whyOf(thrown)
  if (!(thrown instanceof Refused)) return { said, field: null, code: 'web.unknown' }
  return { said, field: thrown.field, code: thrown.code }
}

/** Gives the sentence for one field, if the trouble is about it. */
export const problemAt = ({ trouble }: Deed, field: string): string | null =>
  trouble?.field === field ? trouble.said : null
