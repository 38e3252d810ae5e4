import type { Happening } from '../../../live/details.ts'

/** Tells who changed a field last, as far as the newest events say. */
export const whoChangedField = (events: readonly Happening[], field: string): string | null =>
  events.find(({ data }) => {
    const { changed } = data
    return Array.isArray(changed) && changed.includes(field)
  })?.actor ?? null
