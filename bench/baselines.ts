// The servers that ours is measured against, each in a process of its own:
// `echo N`: bare node:http that parses the JSON it gets and answers with JSON of N bytes;
// `mcp TEXT`: the official SDK's handler with one McpServer per request and one tool;
// `upstream`: bare node:http that is an MCP server of both eras with one tool;
// `catalogue`: the same with twenty servers at twenty paths and three hundred tools;
// `fan-out`: bare node:http that keeps event streams and writes to all of them at once.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { toolsAt } from './baselines-catalogue.ts'
import { upstream } from './baselines-upstream.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => void

const FRAME = JSON.stringify({ id: 1, result: '' }).length

const answer = (res: ServerResponse, id: unknown, filling: string): void => {
  const text = JSON.stringify({ id, result: filling })
  res.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  res.end(text)
}

const echo = (bytes: number): Handler => {
  const filling = 'x'.repeat(Math.max(0, bytes - FRAME))
  return (req, res) => {
    if (req.method === 'GET') return answer(res, 1, filling)
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const asked: unknown = JSON.parse(Buffer.concat(chunks).toString())
      answer(res, Reflect.get(Object(asked), 'id'), filling)
    })
  }
}

const mcp = (text: string): Handler => {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'baseline', version: '1' })
    const inputSchema = z.object({
      ids: z.array(z.string()),
      include: z.array(z.string()).optional(),
      detail: z.enum(['concise', 'full']).optional(),
    })
    server.registerTool('task_get', { description: 'Read tasks.', inputSchema }, () => ({
      content: [{ type: 'text', text }],
    }))
    return server
  })
  const handle = toNodeHandler(handler)
  // The library's type forbids the undefined that node:http itself may give.
  return (req, res) => {
    const { url = '/', method = 'GET' } = req
    handle(Object.assign(req, { url, method }), res).catch(() => res.destroy())
  }
}

const fanOut = (): Handler => {
  const open = new Set<ServerResponse>()
  return (req, res) => {
    if (req.method === 'GET') {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.flushHeaders()
      res.write('event: pos\ndata: {}\n\n')
      open.add(res)
      return
    }
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const asked: unknown = JSON.parse(Buffer.concat(chunks).toString())
      const mark = String(Reflect.get(Object(asked), 'id'))
      answer(res, 1, '')
      for (const stream of open) stream.write(`id: 1-1\ndata: ["${mark}${'x'.repeat(500)}"]\n\n`)
    })
  }
}

const [kind = '', word = ''] = process.argv.slice(2)
const handlers: Readonly<Record<string, () => Handler>> = {
  echo: () => echo(Number(word)),
  mcp: () => mcp(word),
  upstream: () => upstream(),
  catalogue: () => upstream(toolsAt()),
  'fan-out': fanOut,
}
const make = handlers[kind]
if (!make) throw new Error(`There is no baseline ${kind}.`)
const server = createServer(make())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
process.once('disconnect', () => process.exit(0))
