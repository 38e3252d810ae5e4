import type { Share, ShareGround } from './share.ts'
import { shareStream } from './share.ts'

/** The stream of a page: it begins once it is known from where, and who listens. */
export type PageStream = Omit<Share, 'stop'> &
  Readonly<{
    /** Begins after a place, or goes on from where it began; `null` asks for the hub's head. */
    follow(cursor: string | null): void
    /** Tells the name under which tabs share it; `null`: they do not. */
    known(name: string | null): void
    /** Ends it; it begins again when somebody is known. */
    stop(): void
  }>

/** Makes the stream of a page. */
export const pageStream = (ground: Omit<ShareGround, 'name'>): PageStream => {
  let share: Share | null = null
  let from: string | null | undefined
  let name: string | null | undefined
  const begin = (): void => {
    if (share !== null || from === undefined || name === undefined) return
    share = shareStream({ ...ground, name }, from)
  }
  return {
    follow(cursor) {
      if (from === undefined) from = cursor
      begin()
    },
    known(next) {
      name = next
      begin()
    },
    pause: () => share?.pause(),
    resume: () => share?.resume(),
    stop() {
      share?.stop()
      share = null
      name = undefined
    },
  }
}
