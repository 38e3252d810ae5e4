import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'

// A server of tools that does what a test tells it: what it offers and how it answers can change
// at any moment, as with a server that turned bad. It writes down all that it was sent.

/** Plain JSON with named members. */
export type Json = Readonly<Record<string, unknown>>

/** One request as it came in. */
export type Heard = Readonly<{
  method: string
  url: string
  headers: IncomingHttpHeaders
  params: Json
  /** The body as it was sent. */
  text: string
}>

/** A call of a tool, and the answer that it will get. */
export type PuppetCall = Heard & Readonly<{ id: unknown; res: ServerResponse }>

/** Answers a call: gives the result, or writes to `res` itself and gives nothing. */
export type Act = (call: PuppetCall) => Json | null | Promise<Json | null>

/** A server whose strings a test holds. */
export type Puppet = {
  readonly url: string
  readonly port: number
  /** What it offers; to change it is what a rug pull is. */
  tools: Json[]
  prompts: Json[]
  resources: Json[]
  templates: Json[]
  instructions: string
  name: string
  /** How tools answer, by their names; the others give back their arguments. */
  readonly acts: Map<string, Act>
  readonly heard: Heard[]
  /** Answers whatever comes, before anything else is looked at; gives whether it did. */
  instead: ((req: IncomingMessage, res: ServerResponse, text: string) => boolean) | null
  /** Arguments of the calls of a tool. */
  calls(name?: string): readonly Json[]
  stop(): Promise<void>
}

/** Writes a tool that takes whatever it is given. */
export const toolNamed = (name: string, more: Json = {}): Json => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object', properties: {} },
  ...more,
})

/** Writes a result that says one thing. */
export const said = (text: string, more: Json = {}): Json => ({
  content: [{ type: 'text', text }],
  ...more,
})

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const reply = (res: ServerResponse, id: unknown, result: Json) => {
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
}

const readBody = async (req: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

const listed = (puppet: Puppet, method: string): Json | null => {
  const { tools, prompts, resources, templates, instructions, name } = puppet
  const serverInfo = { 'io.modelcontextprotocol/serverInfo': { name, version: '1' } }
  switch (method) {
    case 'server/discover':
      return {
        ...{ supportedVersions: ['2026-07-28'], resultType: 'complete', instructions },
        ...{ capabilities: { tools: {}, prompts: {}, resources: {} }, _meta: serverInfo },
      }
    case 'tools/list':
      return { tools, resultType: 'complete' }
    case 'prompts/list':
      return { prompts, resultType: 'complete' }
    case 'resources/list':
      return { resources, resultType: 'complete' }
    case 'resources/templates/list':
      return { resourceTemplates: templates, resultType: 'complete' }
    default:
      return null
  }
}

const serve = async (puppet: Puppet, req: IncomingMessage, res: ServerResponse) => {
  const text = await readBody(req)
  if (puppet.instead?.(req, res, text)) return
  const { id, method = '', params } = text === '' ? {} : JSON.parse(text)
  const heard: Heard = {
    ...{ method: String(method), url: req.url ?? '', headers: req.headers, text },
    params: object(params),
  }
  puppet.heard.push(heard)
  if (id === undefined) return void res.writeHead(202).end()
  const list = listed(puppet, heard.method)
  if (list !== null) return reply(res, id, list)
  const act = puppet.acts.get(String(heard.params['name']))
  const echo = said(JSON.stringify(heard.params['arguments'] ?? {}))
  const result = act === undefined ? echo : await act({ ...heard, id, res })
  if (result !== null && !res.writableEnded) reply(res, id, result)
}

/** Starts a puppet on 127.0.0.1. */
export const startPuppet = async (tools: readonly Json[] = []): Promise<Puppet> => {
  const server = createServer((req, res) => {
    serve(puppet, req, res).catch((error: unknown) => res.destroy(new Error(String(error))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const puppet: Puppet = {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    tools: [...tools],
    prompts: [],
    resources: [],
    templates: [],
    instructions: '',
    name: 'puppet',
    acts: new Map(),
    heard: [],
    instead: null,
    calls: (name) =>
      puppet.heard
        .filter(({ method, params }) => {
          return method === 'tools/call' && (name === undefined || params['name'] === name)
        })
        .map(({ params }) => object(params['arguments'])),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return puppet
}
