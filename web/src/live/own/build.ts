import { LINK_TOPIC } from './writes.ts'
import type { Topics } from '../topics.ts'

/** Knows whether the hub serves another build of this page than the one that runs. */
export type BuildWatch = Readonly<{
  isOther(): boolean
  /** Looks at what the hub serves now. */
  look(): Promise<void>
}>

const ENTRY = /<script type="module"[^>]* src="([^"]+)"/
const LOOK_MS_MAX = 10_000

/** Finds the file that a page starts from. */
export const entryOf = (html: string): string | null => {
  const [, src = null] = ENTRY.exec(html) ?? []
  return src
}

/** Makes the watch; it looks when it is asked to: after the hub was away. */
export const buildWatch = (topics: Topics): BuildWatch => {
  let isOther = false
  const own = (): string | null =>
    document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null
  return {
    isOther: () => isOther,
    async look() {
      if (isOther) return
      const signal = AbortSignal.timeout(LOOK_MS_MAX)
      const answer = await fetch('/', {
        headers: { accept: 'text/html' },
        cache: 'no-cache',
        signal,
      })
      const [ours, theirs] = [own(), answer.ok ? entryOf(await answer.text()) : null]
      if (ours === null || theirs === null || ours === theirs) return
      isOther = true
      topics.changed(LINK_TOPIC)
    },
  }
}
