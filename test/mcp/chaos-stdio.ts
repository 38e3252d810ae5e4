import { createInterface } from 'node:readline'

// A program that misbehaves in the way that the name of the called tool says. It speaks the era
// that its argument names, and its handshake works.

type Message = Readonly<{
  id?: number | string
  method?: string
  params?: Readonly<{ name?: string; protocolVersion?: string; _meta?: object }>
  result?: unknown
  error?: unknown
}>

const era = process.argv[2] ?? 'legacy'
const write = (text: string) => process.stdout.write(`${text}\n`)
const send = (message: object) => write(JSON.stringify({ jsonrpc: '2.0', ...message }))
const done = (id: unknown, text = 'done') =>
  send({ id, result: { content: [{ type: 'text', text }] } })
const ask = (id: string) => {
  const params = { message: 'Which?', requestedSchema: { type: 'object', properties: {} } }
  send({ id, method: 'elicitation/create', params })
}

let held: number | string | undefined
let asker: number | string | undefined
let late: number | string | undefined
const answers: string[] = []

const TOOLS: Readonly<Record<string, (id: number | string) => void>> = {
  well: (id) => done(id),
  silent() {},
  hold: (id) => {
    held = id
  },
  release: (id) => {
    done(held, 'held')
    done(id)
  },
  noise: (id) => {
    write('Server starts ...')
    write('{"half":')
    write('null')
    write('[]')
    done(id)
  },
  no_form: (id) => send({ id }),
  wrong_id: () => done(987_654),
  twice: (id) => {
    done(id, 'first')
    done(id, 'second')
  },
  deep: (id) => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    write(`{"jsonrpc":"2.0","id":${id},"result":{"deep":${deep}}}`)
    done(id, 'after')
  },
  flood: (id) => {
    for (let at = 0; at < 10_000; at++) send({ method: 'notifications/tools/list_changed' })
    done(id)
  },
  crash: () => process.exit(3),
  half: () => {
    process.stdout.write('{"jsonrpc":"2.0","id":', () => process.exit(4))
  },
  huge: () => write('x'.repeat(100 * 1024 * 1024)),
  // Asks for this call and answers it with what it was told.
  ask: (id) => {
    asker = id
    ask('ask-1')
  },
  // Asks after the call is over, so that the question names none.
  ask_nobody: (id) => {
    done(id)
    ask('ask-nobody')
  },
  storm: (id) => {
    asker = id
    for (let at = 0; at < 1_000; at++) ask(`storm-${at}`)
  },
  ping: (id) => {
    asker = id
    send({ id: 'ping-1', method: 'ping' })
  },
  odd_question: (id) => {
    asker = id
    send({ id: 'odd-1', method: 'secrets/read' })
  },
  late: (id) => {
    late = id
  },
  answers: (id) => done(id, JSON.stringify(answers)),
}

const onAnswer = (message: Message) => {
  const said = JSON.stringify(message.error ?? message.result)
  answers.push(`${String(message.id)} ${said}`)
  process.stderr.write(`${answers.at(-1)}\n`)
  if (message.id === 'storm-999' || !String(message.id).startsWith('storm')) {
    if (asker !== undefined) done(asker, said)
    asker = undefined
  }
}

const onMessage = (message: Message) => {
  const { id, method, params } = message
  if (method === undefined) return onAnswer(message)
  if (method === 'notifications/cancelled') {
    answers.push('cancelled')
    if (late !== undefined) done(late, 'late')
    return
  }
  if (id === undefined) return
  if (method === 'initialize') {
    const serverInfo = { name: 'chaos', version: '0' }
    const capabilities = { tools: { listChanged: true } }
    return send({ id, result: { protocolVersion: '2024-11-05', capabilities, serverInfo } })
  }
  if (method === 'server/discover' && era === 'modern') {
    return send({ id, result: { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } } })
  }
  const tool = TOOLS[params?.name ?? '']
  if (tool === undefined) send({ id, error: { code: -32_601, message: 'Method not found' } })
  else tool(id)
}

createInterface({ input: process.stdin }).on('line', (line) => onMessage(JSON.parse(line)))
