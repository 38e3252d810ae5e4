import type { Book } from './crawl-plan.ts'
import type { Seeded } from './crawl-world.ts'

// What must never be seen: the marks of an organisation, its secrets, and every id of it that
// was not said by the one who asks.

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const CURSORS = /c_[A-Za-z0-9_-]{4,}/g

/** Looks for what is not to be seen; gives the first of it, or `null`. */
export type Watch = Readonly<{
  find(text: string): string | null
  /** Remembers what was said: a stranger's own words may come back to it. */
  hear(said: string): void
  /** Looks in a place where ids may stand, but neither texts nor secrets. */
  findText(text: string): string | null
}>

/** Makes the watch over an organisation. */
export const watchOver = ({ names, secrets, org }: Seeded, { texts }: Book): Watch => {
  const seen = texts.flatMap((text) => text.match(UUIDS) ?? [])
  // The hub itself acts in every organisation under the same ids.
  const ids = new Set([org.orgId, ...seen.filter((id) => !id.startsWith('00000000-'))])
  const findText = (text: string) => {
    const at = text.toLowerCase().indexOf(names.mark)
    if (at >= 0) return text.slice(at, at + names.mark.length + 4)
    return secrets.some((secret) => text.includes(secret)) ? 'a key' : null
  }
  const heard = new Set<string>()
  return {
    findText,
    hear(said) {
      for (const id of said.match(UUIDS) ?? []) heard.add(id)
    },
    find(text) {
      const whole = `${text} ${(text.match(CURSORS) ?? []).map(opened).join(' ')}`
      const seen = findText(whole)
      if (seen !== null) return seen
      const isNew = (id: string): boolean => ids.has(id) && !heard.has(id)
      return (whole.match(UUIDS) ?? []).find(isNew) ?? null
    },
  }
}

const opened = (cursor: string): string =>
  Buffer.from(cursor.slice(2), 'base64url').toString('utf8')
