/** One message of a server-sent event stream. */
export type SseMessage = Readonly<{ event: string; data: string; id: string | undefined }>

const MESSAGE_CHARS_MAX = 4_000_000

/** Reads a server-sent event stream message by message; comments are dropped. */
export async function* sseMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<SseMessage> {
  let rest = ''
  let fields: Record<string, string> = {}
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    rest += piece
    if (rest.length > MESSAGE_CHARS_MAX) throw new Error('A message of the stream is too long.')
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line !== '') {
        fields = withLine(fields, line)
        continue
      }
      const { data, event = 'message', id } = fields
      if (data !== undefined || id !== undefined) yield { event, data: data ?? '', id }
      fields = {}
    }
  }
}

const withLine = (fields: Record<string, string>, line: string): Record<string, string> => {
  const colon = line.indexOf(':')
  if (colon === 0) return fields
  const name = colon < 0 ? line : line.slice(0, colon)
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
  const before = name === 'data' ? fields['data'] : undefined
  return { ...fields, [name]: before === undefined ? value : `${before}\n${value}` }
}
