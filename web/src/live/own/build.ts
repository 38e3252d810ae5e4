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

/** Tells whether the hub serves another build now; a hub that does not answer serves none. */
export const servesOther = async (): Promise<boolean> => {
  const script = document.querySelector('script[type="module"][src]')
  const ours = script?.getAttribute('src') ?? null
  const theirs = entryOf((await served()) ?? '')
  return ours !== null && theirs !== null && ours !== theirs
}

/** Tells whether the hub gives this page to whoever asks now. */
export const isThere = async (): Promise<boolean> => (await served()) !== null

const served = async (): Promise<string | null> => {
  const init = { headers: { accept: 'text/html' }, cache: 'no-cache' } as const
  try {
    const answer = await fetch('/', { ...init, signal: AbortSignal.timeout(LOOK_MS_MAX) })
    return answer.ok ? await answer.text() : null
  } catch {
    return null
  }
}

/** Makes the watch; it looks when it is asked to: after the hub was away. */
export const buildWatch = (topics: Topics): BuildWatch => {
  let isOther = false
  return {
    isOther: () => isOther,
    async look() {
      if (isOther || !(await servesOther())) return
      isOther = true
      topics.changed(LINK_TOPIC)
    },
  }
}
