/** Somebody that is being named in a text: where it begins, and what is written of it so far. */
export type Mention = Readonly<{ from: number; wanted: string }>

const OPEN = /(?:^|[\s([{,;:>*_])@([A-Za-z0-9._-]{0,38})$/
const SHOWN_MAX = 8

/** Finds the name that is being written right before the caret. */
export const mentionAt = (text: string, caret: number): Mention | null => {
  const wanted = OPEN.exec(text.slice(0, caret))?.[1]
  if (wanted === undefined) return null
  return { from: caret - wanted.length - 1, wanted: wanted.toLowerCase() }
}

/** Lists who may be meant: whose handle begins so first, then those that hold it anywhere. */
export const whoIsMeant = (handles: readonly string[], wanted: string): readonly string[] => {
  const begins = handles.filter((handle) => handle.startsWith(wanted))
  const holds = handles.filter((handle) => !handle.startsWith(wanted) && handle.includes(wanted))
  return [...begins, ...holds].slice(0, SHOWN_MAX)
}

type Place = Readonly<{ from: number; caret: number }>

/** Writes a name where it was begun; gives the text and where the caret goes. */
export const withMention = (text: string, { from, caret }: Place, handle: string) => {
  const rest = text.slice(caret)
  const gap = /^[\s.,;:!?)\]}]/.test(rest) ? '' : ' '
  const head = `${text.slice(0, from)}@${handle}${gap}`
  return { text: head + rest, caret: head.length }
}
