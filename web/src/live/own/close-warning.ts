import type { Topics } from '../topics.ts'
import type { Writes } from './writes.ts'
import { LINK_TOPIC } from './writes.ts'

/**
 * Has the browser ask before a page is closed in which changes still wait for the hub: they are in
 * its memory only. Gives what leaves them to themselves.
 */
export const warnBeforeClose = (topics: Topics, { waiting }: Pick<Writes, 'waiting'>) => {
  const ask = (event: BeforeUnloadEvent): void => {
    if (waiting() > 0) event.preventDefault()
  }
  // Only while there is something: a page that asks cannot be kept for the way back.
  const look = (): void => {
    if (waiting() > 0) window.addEventListener('beforeunload', ask)
    else window.removeEventListener('beforeunload', ask)
  }
  topics.subscribe(LINK_TOPIC, look)
  return (): void => window.removeEventListener('beforeunload', ask)
}
