import { LINK_TOPIC } from './writes.ts'
import type { Topics } from '../topics.ts'

/** Knows whether the hub serves another build of this page than the one that runs. */
export type BuildWatch = Readonly<{
  isOther(): boolean
  /** Looks at what the hub serves now. */
  look(): Promise<void>
}>

const ENTRIES = /<script type="module"[^>]* src="([^"]+)"/g
const LOOK_MS_MAX = 10_000

/** Finds the files that a page starts from; their names say what is in them. */
export const entriesOf = (html: string): readonly string[] =>
  [...html.matchAll(ENTRIES)].flatMap(([, src]) => src ?? [])

/** Names the build that runs: the files that it started from. */
export const ownEntries = (): readonly string[] =>
  [...document.querySelectorAll('script[type="module"][src]')].flatMap(
    (script) => script.getAttribute('src') ?? [],
  )

/** Tells whether the hub serves another build now; a hub that does not answer serves none. */
export const servesOther = async (): Promise<boolean> => {
  const [ours, theirs] = [ownEntries(), entriesOf((await served()) ?? '')]
  return ours.length > 0 && theirs.length > 0 && String(ours) !== String(theirs)
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
