import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rawRequest } from './processes.ts'
import { type StreamsOrder, StreamsReport } from './streams-process.ts'

const ANSWER_MS = 60_000

/** Subscribers in a process of their own. */
export type Subscribers = Readonly<{
  /** Sends a change and gives the milliseconds until each subscriber had its event. */
  delays(mark: string, change: () => Promise<unknown>): Promise<readonly number[]>
  stop(): Promise<void>
}>

/** Opens streams: each request is one stream. */
export const openSubscribers = async (
  port: number,
  requests: readonly string[],
): Promise<Subscribers> => {
  const child = fork(new URL('./streams-process.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const opened = heard(child)
  tell(child, { do: 'open', port, requests: [...requests] })
  await opened
  return {
    async delays(mark, change) {
      const waiting = heard(child)
      tell(child, { do: 'await', mark })
      await waiting
      const coming = heard(child)
      const sent = performance.timeOrigin + performance.now()
      await change()
      const report = await coming
      if (!('arrived' in report)) throw new Error('The subscribers did not say what arrived.')
      return report.arrived.map((at) => at - sent)
    },
    async stop() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

const heard = async (child: ChildProcess): Promise<StreamsReport> => {
  const [message]: unknown[] = await once(child, 'message', {
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const report = StreamsReport.parse(message)
  if ('failed' in report) throw new Error(report.failed)
  return report
}

const tell = (child: ChildProcess, order: StreamsOrder): void => {
  child.send(order)
}

/** Writes the request that opens an event stream at its head. */
export const streamRequest = (key: string): string =>
  rawRequest({
    method: 'GET',
    path: '/v1/stream',
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
  })
