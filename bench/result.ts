import type { Machine } from './machine.ts'

/** What a bench has found, held against its named baseline of the same run. */
export type Finding = Readonly<{
  name: string
  value: number
  unit: string
  baseline: string
  baselineValue: number
  ratio: number
  /** The budget as DESIGN section 9 says it. */
  budget: string
  met: boolean
  /** Further numbers of the same run, each with its own baseline. */
  also?: readonly Readonly<Record<string, string | number | boolean>>[]
}>

/** A finding and the machine it belongs to: what a bench prints. */
export type Result = Finding & Readonly<{ machine: Machine }>

/** Gives the middle value. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** Gives the value below which a share of the values lies. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Rounds to as many digits as say something. */
export const round = (value: number, digits = 2): number => Number(value.toFixed(digits))
