import { isSingle, strokesOf } from './stroke.ts'

/** Something that keys do, as far as finding it goes. */
export type Bound = Readonly<{ keys: readonly string[]; when?: () => boolean }>

/** What became of a stroke. */
export type Found<T> = Readonly<{
  binding: T | null
  /** The stroke belongs to us, even if nothing is done yet: a sequence has begun. */
  isTaken: boolean
}>

/** A sequence that is not ended within this time was not meant. */
export const SEQUENCE_MS = 1000

const NOTHING = { binding: null, isTaken: false } as const

/** Finds what strokes do, one after another; the nearest scope is asked first. */
export const sequencer = <T extends Bound>() => {
  let pending = ''
  let until = 0
  const look = (wanted: string, scopes: readonly (readonly T[])[], singles: boolean): Found<T> => {
    for (const bindings of scopes) {
      const open = bindings.filter(({ when }) => when?.() ?? true)
      const exact = open.find(({ keys }) => keys.some((one) => fits(one, wanted, singles)))
      if (exact !== undefined) return { binding: exact, isTaken: true }
      const begins = open.some(({ keys }) =>
        keys.some((one) => singles && strokesOf(one).join(' ').startsWith(`${wanted} `)),
      )
      if (begins) return { binding: null, isTaken: true }
    }
    return NOTHING
  }
  return {
    /** Takes a stroke at a time in milliseconds; `singles`: whether single keys are on. */
    press(
      stroke: string,
      {
        at,
        scopes,
        singles,
      }: Readonly<{
        at: number
        scopes: readonly (readonly T[])[]
        singles: boolean
      }>,
    ): Found<T> {
      const before = at <= until ? pending : ''
      pending = ''
      const tries = before === '' ? [stroke] : [`${before} ${stroke}`, stroke]
      for (const wanted of tries) {
        const found = look(wanted, scopes, singles)
        if (found.binding !== null) return found
        if (!found.isTaken) continue
        pending = wanted
        until = at + SEQUENCE_MS
        return found
      }
      return NOTHING
    },
    forget(): void {
      pending = ''
    },
  }
}

const fits = (keys: string, wanted: string, singles: boolean): boolean => {
  const strokes = strokesOf(keys)
  if (strokes.join(' ') !== wanted) return false
  return singles || !strokes.some(isSingle)
}
