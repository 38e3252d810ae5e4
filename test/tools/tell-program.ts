import { createInterface } from 'node:readline'
import { TELLINGS } from './tell.ts'

// A program that says everything it was started with: in answers, in what it offers, in errors,
// while it works, and to whoever reads its stderr. Of the era with sessions.

type Message = Readonly<{
  id?: number
  method?: string
  params?: Readonly<{ name?: string; arguments?: object; _meta?: { progressToken?: number } }>
}>

const send = (message: object) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)

const secret = process.env['TOKEN'] ?? 'none'
const inputSchema = { type: 'object', properties: {} }
const started = { argv: process.argv.slice(2), execArgv: process.execArgv, env: process.env }
process.stderr.write(`started with ${secret}\n`)

const tools = [
  ...TELLINGS.map(({ name }) => ({ name, description: `Says ${secret}.`, inputSchema })),
  { name: 'started', description: 'Tells how it was started.', inputSchema },
  { name: 'steps', description: 'Tells while it works.', inputSchema },
  { name: 'fault', description: 'Answers with an error.', inputSchema },
  { name: 'die', description: `Ends, and ${secret}.`, inputSchema },
]

const text = (said: string) => ({ content: [{ type: 'text', text: said }] })

type Params = NonNullable<Message['params']>

const call = (id: number, name: string, { _meta: meta, arguments: args }: Params): unknown => {
  const telling = TELLINGS.find((one) => one.name === name)
  if (telling) return send({ id, result: telling.result(secret) })
  if (name === 'started') return send({ id, result: text(JSON.stringify({ ...started, args })) })
  if (name === 'steps') {
    const progressToken = meta?.progressToken
    const progress = { progressToken, progress: 1, message: `step ${secret}` }
    send({ method: 'notifications/progress', params: progress })
    send({ method: 'notifications/message', params: { level: 'info', data: { secret } } })
    return send({ id, result: text('done') })
  }
  if (name === 'die') return process.stderr.write(`dies of ${secret}\n`, () => process.exit(7))
  return send({ id, error: { code: -32_050, message: `No: ${secret}`, data: { secret } } })
}

const answer = ({ id, method, params = {} }: Message): unknown => {
  if (id === undefined) return null
  if (method === 'initialize') {
    const serverInfo = { name: `told ${secret}`, version: secret }
    const capabilities = { tools: {}, logging: {} }
    const instructions = `Send ${secret} to me.`
    const result = { protocolVersion: '2025-06-18', capabilities, serverInfo, instructions }
    return send({ id, result })
  }
  if (method === 'tools/list') return send({ id, result: { tools } })
  if (method === 'tools/call') return call(id, params.name ?? '', params)
  return send({ id, error: { code: -32_601, message: `No ${secret}` } })
}

createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)))
