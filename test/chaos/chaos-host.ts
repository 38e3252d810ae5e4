import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { startPuppet, toolNamed } from '../tools/puppet.ts'
import { chaosServer } from '../mcp/chaos-server.ts'
import { TOOLS } from '../mcp/chaos-tools.ts'

// A chaos server in front of which its tools are listed. As a program of its own, it takes none
// of the time in which the hub under test is measured.

/** A chaos server that can be added to a hub. */
export type ChaosHost = Readonly<{
  url: string
  /** Calls that reached it. */
  calls(): number
  stop(): Promise<void>
}>

/** Starts a chaos server that also lists its tools. */
export const chaosHost = async (): Promise<ChaosHost> => {
  const behind = await chaosServer('modern')
  const front = await startPuppet(Object.keys(TOOLS).map((name) => toolNamed(name)))
  front.instead = (req, res, text) => {
    if (!text.includes('"method":"tools/call"')) return false
    const names = ['content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name']
    const headers = Object.fromEntries(names.map((name) => [name, String(req.headers[name] ?? '')]))
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const asked = { method: 'POST', headers, body: text, signal: gone.signal } as const
    const pass = async () => {
      const answer = await fetch(behind.url, { ...asked, redirect: 'manual' })
      res.writeHead(answer.status, Object.fromEntries(answer.headers)).flushHeaders()
      if (answer.body === null) res.end()
      else await pipeline(Readable.fromWeb(answer.body), res)
    }
    pass().catch(() => res.destroy())
    return true
  }
  return {
    url: front.url,
    calls: () => behind.heard.filter((method) => method === 'tools/call').length,
    async stop() {
      await front.stop()
      await behind.stop()
    },
  }
}

const SELF = fileURLToPath(import.meta.url)

/** Starts the same in a process of its own. */
export const chaosProcess = async (): Promise<Pick<ChaosHost, 'url' | 'stop'>> => {
  const child: ChildProcess = spawn(process.execPath, [SELF, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { stdout } = child
  if (stdout === null) throw new Error('It has a stdout.')
  const [url] = await once(createInterface({ input: stdout }), 'line')
  return {
    url: String(url),
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}

if (process.argv[2] === 'serve') process.stdout.write(`${(await chaosHost()).url}\n`)
