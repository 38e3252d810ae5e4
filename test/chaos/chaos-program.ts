import { createInterface } from 'node:readline'

// A program that lists its tools as a good one does, and misbehaves in the way that the name of
// the called tool says.

type Message = Readonly<{ id?: number; method?: string; params?: Readonly<{ name?: string }> }>

const HUGE_BYTES = 100 * 1024 * 1024
const write = (text: string) => process.stdout.write(`${text}\n`)
const send = (message: object) => write(JSON.stringify({ jsonrpc: '2.0', ...message }))
const done = (id: number, text = 'done') =>
  send({ id, result: { content: [{ type: 'text', text }] } })

const TOOLS: Readonly<Record<string, (id: number) => unknown>> = {
  well: (id) => done(id),
  // Who looks at the machine sees that it was called.
  silent() {
    process.title = `silent ${process.argv.slice(2).join(' ')}`
  },
  noise(id) {
    for (const line of ['Server starts ...', '{"half":', 'null', '[]']) write(line)
    done(id)
  },
  no_form: (id) => send({ id }),
  wrong_id: () => done(987_654),
  twice(id) {
    done(id, 'first')
    done(id, 'second')
  },
  flood(id) {
    for (let at = 0; at < 10_000; at++) send({ method: 'notifications/progress', params: {} })
    done(id)
  },
  stderr_flood(id) {
    process.stderr.write('x'.repeat(8 * 1024 * 1024), () => done(id))
  },
  crash: () => process.exit(3),
  half: () => process.stdout.write('{"jsonrpc":"2.0","id":', () => process.exit(4)),
  huge: () => write('x'.repeat(HUGE_BYTES)),
}

const inputSchema = { type: 'object', properties: {} }

const answer = ({ id, method, params }: Message): unknown => {
  if (id === undefined) return null
  switch (method) {
    case 'initialize': {
      const serverInfo = { name: 'chaos', version: '0' }
      const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo }
      return send({ id, result })
    }
    case 'tools/list': {
      const tools = Object.keys(TOOLS).map((name) => ({ name, inputSchema }))
      return send({ id, result: { tools } })
    }
    case 'tools/call':
      return TOOLS[params?.name ?? '']?.(id)
    default:
      return send({ id, error: { code: -32_601, message: 'Method not found' } })
  }
}

// Stays when nobody talks to it any more, as a program that does not look after itself.
if (process.argv.includes('stay')) setInterval(() => {}, 60_000)

createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)))
