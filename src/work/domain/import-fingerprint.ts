// Remembers what an import wrote, small: a print of each field's value. When the import runs again,
// three prints of a field (written last, wanted now, standing now) decide what may change.
import { canonical } from '../../kernel/canonical.ts'

/** Holds a short print for each field of a task. */
export type Prints = Readonly<Record<string, string>>

/** Says what a repeated import does to a task that it knows. */
export type Rerun = Readonly<{
  /** Fields that the source changed and nobody here did. */
  change: readonly string[]
  /** Fields that both sides changed; ours stays. */
  keep: readonly string[]
}>

/** Makes the print of one value: 64 bits, against chance and not against malice. */
export function printOf(value: unknown): string {
  const text = canonical(value)
  // FNV-1a over UTF-16 units, twice: a second start and multiplier give independent bits.
  let low = 0x811c9dc5
  let high = 0x9747b28c
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b)
    high ^= high >>> 13
  }
  const half = (bits: number) => (bits >>> 0).toString(16).padStart(8, '0')
  return half(low) + half(high)
}

/** Makes the prints of all fields of a task. */
export const printsOf = (values: Readonly<Record<string, unknown>>): Prints =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, printOf(value)]))

/** Decides what a repeated import changes: what the source changed and we did not. */
export function decideRerun(last: Prints, wanted: Prints, standing: Prints): Rerun {
  const moved = Object.keys(wanted).filter(
    (field) => wanted[field] !== last[field] && wanted[field] !== standing[field],
  )
  // A field that the last import did not know yet was never written by it, so it may change.
  const isUntouched = (field: string) =>
    last[field] === undefined || last[field] === standing[field]
  return {
    change: moved.filter(isUntouched),
    keep: moved.filter((field) => !isUntouched(field)),
  }
}
