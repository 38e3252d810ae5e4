// Only ids are kept, no titles: what was in a task stays with the hub.

const PLACE = 'guildhall.recent'
const KEPT_MAX = 8

const placeOf = (me: string): string => `${PLACE}.${me}`

/** Gives the ids of the commands that somebody used last in this browser, the newest first. */
export const recentCommands = (me: string): readonly string[] =>
  (window.localStorage.getItem(placeOf(me)) ?? '').split('\n').filter(Boolean)

/** Notes that a command was used. */
export const noteCommand = (me: string, id: string): void => {
  const rest = recentCommands(me).filter((other) => other !== id)
  window.localStorage.setItem(placeOf(me), [id, ...rest].slice(0, KEPT_MAX).join('\n'))
}
