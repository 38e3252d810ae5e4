/** Shortens a text to at most `max` characters, the last one an ellipsis. */
export const shorten = (text: string, max: number): string =>
  text.length <= max ? text : `${wholeUpTo(text, Math.max(0, max - 1)).trimEnd()}…`

/** Cuts a text without cutting a character in two: half a pair is no text that can be stored. */
const wholeUpTo = (text: string, end: number): string =>
  text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '')

/** Says a span of milliseconds in its largest whole unit: `45s`, `15m`, `3h`, `2d`. */
export const span = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 90) return `${s}s`
  const m = Math.round(s / 60)
  if (m < 90) return `${m}m`
  const h = Math.round(m / 60)
  return h < 36 ? `${h}h` : `${Math.round(h / 24)}d`
}

/** Finds the candidate nearest to a mistyped word, if one is near enough to be meant. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const far = Math.max(2, Math.floor(word.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of candidates) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase())
    if (distance <= far && (best === undefined || distance < best.distance)) {
      best = { name, distance }
    }
  }
  return best?.name
}

/** Counts the edits (insert, delete, change) between two words; for short words only. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[b.length] ?? Math.max(a.length, b.length)
}
