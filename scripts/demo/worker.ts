// One worker of the demo: a process of its own with the official MCP client and its own key.
// It knows nothing of the others; the crew only tells it when to begin, and when to hold still
// so that it can be killed while it has a task.
import { once } from 'node:events'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Command, Orders, type Report, wallMs } from './messages.ts'

const FAILURES_MAX = 20
const PAUSE_MS = 250
const TRIES_MAX = 20

const report = (said: Report) => process.send?.(said)

const heard = async (): Promise<Command> => {
  const told: readonly unknown[] = await once(process, 'message')
  const [message] = told
  return Command.parse(message)
}

type Said = Readonly<{ text: string; isError: boolean }>
type Tool = (name: string, args: Record<string, unknown>) => Promise<Said>

const connect = async ({ name, url, key }: Orders): Promise<Client> => {
  const client = new Client(
    { name, version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  const requestInit = { headers: { authorization: `Bearer ${key}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return client
}

const toolOf =
  (client: Client): Tool =>
  async (name, args) => {
    for (let tries = 1; ; tries++) {
      const answer = await client.callTool({ name, arguments: args })
      const [first] = answer.content
      const text = first?.type === 'text' ? first.text : ''
      const isError = answer.isError === true
      // A hub that is busy has done nothing yet, and says when to come again.
      if (!isError || !text.startsWith('platform.busy') || tries >= TRIES_MAX)
        return { text, isError }
      report({ kind: 'waited' })
      const seconds = Number(/retryAfterS: (\d+)/.exec(text)?.[1] ?? 1)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }

/** Does one task: heartbeat with a note, then the end. Gives `false` when it was told to hold. */
const doTask = async (tool: Tool, lease: string, orders: Orders): Promise<void> => {
  const told = await heard()
  const note = `${orders.name} is at work on ${lease}`
  if (told.do === 'hold') {
    // The call is on its way when death comes; its answer is nobody's.
    if (told.when === 'during update') tool('work_update', { lease, note }).catch(() => {})
    report({ kind: 'holding', lease })
    await new Promise(() => {})
  }
  const noted = await tool('work_update', { lease, note, progress: 50, lease_s: orders.leaseS })
  if (noted.isError) return void report({ kind: 'failed', text: noted.text })
  report({ kind: 'noted', lease, note })
  const summary = `${orders.name} is done with ${lease}`
  const ended = await tool('work_finish', { lease, outcome: 'done', summary })
  if (ended.isError) return void report({ kind: 'failed', text: ended.text })
  report({ kind: 'finished', lease, summary, at: wallMs() })
}

/** Claims and works until it is told to end; where nothing is ready, the next call waits for it. */
const work = async (tool: Tool, orders: Orders, isOver: () => boolean): Promise<void> => {
  const { project, leaseS, waitS } = orders
  let waits = false
  let failures = 0
  while (!isOver() && failures < FAILURES_MAX) {
    const asked = wallMs()
    const wait = waits ? { wait_s: waitS } : {}
    const next = await tool('work_next', { project, lease_s: leaseS, ...wait }).catch(
      (error: unknown): Said => ({ text: String(error), isError: true }),
    )
    const lease = / lease (\S+#\d+)/.exec(next.text.split('\n', 1)[0] ?? '')?.[1]
    if (next.isError) {
      failures += 1
      report({ kind: 'failed', text: next.text })
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    } else if (lease === undefined) {
      waits = true
      report({ kind: 'idle', asked, text: next.text })
    } else {
      const at = wallMs()
      report({ kind: 'claimed', lease, at, ms: waits ? null : at - asked })
      waits = false
      await doTask(tool, lease, orders)
    }
  }
}

const main = async (): Promise<void> => {
  const told: readonly unknown[] = await once(process, 'message')
  const [first] = told
  const orders = Orders.parse(first)
  const client = await connect(orders)
  report({ kind: 'ready' })
  await heard()
  let over = false
  process.on('message', (message) => {
    over ||= Command.parse(message).do === 'end'
  })
  await work(toolOf(client), orders, () => over)
  await client.close()
  process.disconnect?.()
}

process.once('disconnect', () => process.exit(0)) // Without its crew a worker has no purpose.
await main()
