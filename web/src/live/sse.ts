/** One message of a stream of server-sent events. */
export type Message = Readonly<{ event: string; id: string | null; data: string }>

// A message beyond this is no message of ours; the reader starts anew instead of filling memory.
const PENDING_CHARS_MAX = 8 * 1024 * 1024

/** Makes a parser of server-sent events: feed it text as it comes, it gives whole messages. */
export const sseParser = () => {
  let rest = ''
  return (text: string): readonly Message[] => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    if (rest.length > PENDING_CHARS_MAX) throw new Error('A message of the stream never ends.')
    return blocks.flatMap((block) => messageOf(block) ?? [])
  }
}

const messageOf = (block: string): Message | null => {
  let event = 'message'
  let id: string | null = null
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).replace(/^ /, '')
    const field = line.slice(0, colon)
    if (field === 'event') event = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? null : { event, id, data: data.join('\n') }
}
