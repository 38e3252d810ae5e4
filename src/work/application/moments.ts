/** Writes a moment for the outside. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** Writes a moment, or nothing, for the outside. */
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms))
