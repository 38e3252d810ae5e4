import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'
import { type LoadOrder, LoadReport } from './load-process.ts'

/** A process beside this one that does one thing. */
export type Side = Readonly<{ port: number; pid: number; stop(): Promise<void> }>

const ANSWER_MS = 60_000
const Opened = z.strictObject({ port: z.int() })
const Loaded = z.union([
  z.strictObject({ report: LoadReport }),
  z.strictObject({ failed: z.string() }),
])

const start = (script: string, words: readonly string[]): ChildProcess =>
  fork(join(import.meta.dirname, script), [...words], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const answer = async (child: ChildProcess): Promise<unknown> => {
  const [message]: unknown[] = await once(child, 'message', {
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  return message
}

/** Starts a server of `bench/baselines.ts` and waits until it listens. */
export const baselineServer = async (kind: string, ...words: string[]): Promise<Side> => {
  const child = start('baselines.ts', [kind, ...words])
  const { port } = Opened.parse(await answer(child))
  return { port, pid: child.pid ?? 0, stop: () => end(child) }
}

/** A load generator that stays warm between its rounds. */
export type Load = Readonly<{
  run(order: LoadOrder): Promise<LoadReport>
  stop(): Promise<void>
}>

/** Starts a load generator. */
export const startLoad = (): Load => {
  const child = start('load-process.ts', [])
  return {
    async run(order) {
      const coming = answer(child)
      child.send(order)
      const said = Loaded.parse(await coming)
      if ('failed' in said) throw new Error(said.failed)
      return said.report
    },
    stop: () => end(child),
  }
}

/** Writes a request as it goes over the wire. */
export const rawRequest = (asked: {
  method: string
  path: string
  headers?: Readonly<Record<string, string>>
  body?: unknown
}): string => {
  const { method, path, headers = {}, body } = asked
  const text = body === undefined ? '' : JSON.stringify(body)
  const lines = Object.entries({
    // Whoever sends it knows the port.
    host: '127.0.0.1:{port}',
    ...headers,
    ...(text && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    }),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`
}

/** Writes a call of a tool in the stateless era as it goes over the wire. */
export const rawToolCall = (
  key: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
): string =>
  rawRequest({
    method: 'POST',
    path: '/agent/mcp',
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    },
  })
