import type { Exchange } from './ground.ts'
import { LOG_LEVELS } from './ladder.ts'
import type { Asked } from './modern-method.ts'
import type { Json } from './protocol.ts'
import { errorMessage } from './protocol.ts'
import { faultOf } from './reply.ts'
import type { Stream } from './sse.ts'
import { openStream } from './sse.ts'
import type { Hall } from '../../kernel/hall.ts'

/** An answer that becomes a stream when there is something to say before it. */
export type Speaking = Readonly<{
  tell(method: string, params: Json): void
  /** Answers: as JSON where nothing was said before, else as the end of the stream. */
  finish(result: Promise<string>): Promise<string | null>
}>

/** Makes the answer of a request that may have something to say while it works. */
export const speaking = (hall: Hall, { exchange, visitor, message }: Asked): Speaking => {
  const { id } = message
  let stream: Stream | null = null
  let isOver = false
  const last = (said: Json): null => {
    stream?.send(said)
    stream?.end()
    return null
  }
  return {
    tell(method, params) {
      if (isOver || isGone(exchange)) return
      stream ??= openStream(exchange)
      stream.send({ jsonrpc: '2.0', method, params })
    },
    async finish(result) {
      try {
        const text = await result
        isOver = true
        return stream === null ? text : last({ jsonrpc: '2.0', id, result: JSON.parse(text) })
      } catch (thrown) {
        isOver = true
        if (stream === null) throw thrown
        return last(errorMessage(id, faultOf(thrown, { hall, trace: visitor.trace })))
      }
    },
  }
}

const isGone = ({ res }: Exchange): boolean => res.destroyed || res.writableEnded

/** Tells whether a log message is severe enough for a client. */
export const isLoud = (params: Json, level: string): boolean =>
  LOG_LEVELS.indexOf(String(params['level'])) >= LOG_LEVELS.indexOf(level)
