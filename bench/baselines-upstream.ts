// A server of tools with as little between its wire and its answer as there can be: what is
// measured in front of it is then the hub and not the server. It speaks both eras over HTTP, and
// over stdio (`node bench/baselines-upstream.ts`): each hub reaches it as it can.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { z } from 'zod'

/** Data as JSON holds it. */
export type Json = Readonly<Record<string, unknown>>

const INFO = { name: 'upstream', version: '1' }
const META = { 'io.modelcontextprotocol/serverInfo': INFO }
const WHOLE = { resultType: 'complete', _meta: META }
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion'
const CAPABILITIES = { tools: {} }
const ECHO = {
  name: 'echo',
  description: 'Gives back its text.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  annotations: { readOnlyHint: true, openWorldHint: false },
}
const Asked = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z
    .object({
      arguments: z.object({ text: z.string() }).optional(),
      protocolVersion: z.string().optional(),
      _meta: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
})
type Asked = z.output<typeof Asked>

type Answers = Readonly<Record<string, (asked: Asked, tools: readonly Json[]) => Json>>

const said = ({ params }: Asked) => [{ type: 'text', text: params?.arguments?.text }]

const MODERN: Answers = {
  'server/discover': () => ({
    ...{ ...WHOLE, supportedVersions: ['2026-07-28'], capabilities: CAPABILITIES },
    ...{ ttlMs: 300_000, cacheScope: 'public' },
  }),
  'tools/list': (_, tools) => ({ ...WHOLE, tools, ttlMs: 60_000, cacheScope: 'public' }),
  'tools/call': (asked) => ({ ...WHOLE, content: said(asked) }),
}
const LEGACY: Answers = {
  initialize: ({ params }) => ({
    protocolVersion: params?.protocolVersion ?? '2025-11-25',
    ...{ capabilities: CAPABILITIES, serverInfo: INFO },
  }),
  ping: () => ({}),
  'tools/list': (_, tools) => ({ tools }),
  'tools/call': (asked) => ({ content: said(asked) }),
}

const answerTo = (
  asked: Asked,
  tools: readonly Json[] = [ECHO],
): Readonly<{ isKnown: boolean; text: string }> => {
  const { _meta: meta = {} } = asked.params ?? {}
  const era = VERSION_KEY in meta ? MODERN : LEGACY
  const result = era[asked.method]?.(asked, tools)
  const error = { code: -32601, message: 'Method not found' }
  const said = { jsonrpc: '2.0', id: asked.id, ...(result ? { result } : { error }) }
  return { isKnown: result !== undefined, text: JSON.stringify(said) }
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Answers over HTTP, with the tools of a path where there are several servers; sessions of the
 * older era get an id and are never asked for it.
 */
export const upstream =
  (toolsAt?: (path: string) => readonly Json[]): Handler =>
  (req, res) => {
    if (req.method === 'GET') return void res.writeHead(405, { allow: 'POST, DELETE' }).end()
    if (req.method === 'DELETE') return void res.writeHead(200).end()
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const asked = Asked.parse(JSON.parse(Buffer.concat(chunks).toString()))
      if (asked.id === undefined) return void res.writeHead(202).end()
      const { isKnown, text } = answerTo(asked, toolsAt?.(req.url ?? '/'))
      res.writeHead(isKnown ? 200 : 404, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        ...(asked.method === 'initialize' && { 'mcp-session-id': randomUUID() }),
      })
      res.end(text)
    })
  }

/** Answers over stdio until its caller goes away. */
const overStdio = (): void => {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const asked = Asked.parse(JSON.parse(line))
    if (asked.id !== undefined) process.stdout.write(`${answerTo(asked).text}\n`)
  })
}

if (import.meta.main) overStdio()
