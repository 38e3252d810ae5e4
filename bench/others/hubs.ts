// Other hubs from npm that ours stands beside: installed here, exactly these versions, run as their
// own processes with a home of their own, in front of the same server. Both speak the older era to
// it. What cannot be made to work is said with its reason and never left out in silence.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { findNpm, runNpm } from '../../src/tools/infrastructure/npm-program.ts'
import { rawRequest, rawToolCall } from '../processes.ts'

/** A hub that calls go through: where it is, and how a call is written for it. */
export type OtherHub = Readonly<{
  name: string
  port: number
  /** A call of `echo` as it goes over the wire. */
  request: string
  /** How it was called and what it stands in front of. */
  how: string
  stop(): Promise<void>
}>

/** A hub that could not be measured, and why. */
export type SkippedHub = Readonly<{ name: string; skipped: string }>

/** What a call through another hub is made of. */
export type OtherWish = Readonly<{ upstreamPort: number; text: string }>

const PACKAGES = { 'mcp-hub': '4.2.1', 'mcp-proxy': '6.7.19' } as const
// What they depend on is taken as it was on this day, so that two runs measure the same code.
const DAY = '2026-11-21'
const FOLDER = join(import.meta.dirname, '../..', 'node_modules', '.cache', 'guildhall-bench')
const LOOPBACK = join(import.meta.dirname, 'loopback.ts')
const UPSTREAM = join(import.meta.dirname, '..', 'baselines-upstream.ts')
const INSTALL_MS = 300_000
const OPEN_MS = 60_000
const LOOK_MS = 100
const SAID_CHARS = 400

type PackageName = keyof typeof PACKAGES

/** Starts every other hub that can be started; the others say why they cannot. */
export const startOthers = async (wish: OtherWish): Promise<readonly (OtherHub | SkippedHub)[]> => {
  const starts = { 'mcp-hub': startMcpHub, 'mcp-proxy': startMcpProxy } as const
  const found: (OtherHub | SkippedHub)[] = []
  for (const [name, start] of Object.entries(starts)) {
    try {
      await installAll()
      found.push(await start(wish))
    } catch (error) {
      const skipped = error instanceof Error ? error.message : 'for an unknown reason'
      found.push({ name, skipped })
    }
  }
  return found
}

const Installed = z.object({ version: z.string() })

const isInstalled = async (name: PackageName): Promise<boolean> => {
  const manifest = join(FOLDER, 'node_modules', name, 'package.json')
  const text = await readFile(manifest, 'utf8').catch(() => 'null')
  return Installed.safeParse(JSON.parse(text)).data?.version === PACKAGES[name]
}

const installAll = async (): Promise<void> => {
  if ((await isInstalled('mcp-hub')) && (await isInstalled('mcp-proxy'))) return
  await mkdir(FOLDER, { recursive: true })
  const npm = await findNpm(process.execPath, process.env)
  if (npm === null) throw new Error('There is no npm on this machine.')
  const manifest = { name: 'guildhall-bench', private: true, dependencies: PACKAGES }
  await writeFile(join(FOLDER, 'package.json'), `${JSON.stringify(manifest)}\n`)
  const args = ['install', `--prefix=${FOLDER}`, `--before=${DAY}`, '--ignore-scripts']
  const { ok, errorCode } = await runNpm(
    { node: process.execPath, npm, args: [...args, '--no-audit', '--no-fund'] },
    { cwd: FOLDER, environment: process.env, signal: AbortSignal.timeout(INSTALL_MS) },
  )
  if (!ok) throw new Error(`npm did not install it (${errorCode ?? 'it took too long'}).`)
}

type Running = Readonly<{ port: number; said: () => string; stop(): Promise<void> }>

const Opened = z.object({ port: z.int().positive() })

/** Runs a script of a package with a home of its own; it is open when it says its port. */
const run = async (
  script: string,
  words: (home: string) => Promise<readonly string[]>,
): Promise<Running> => {
  const home = await mkdtemp(join(tmpdir(), 'guildhall-bench-'))
  const child = fork(join(FOLDER, 'node_modules', script), [...(await words(home))], {
    cwd: home,
    // Nothing of this process but the path: neither its keys nor its settings.
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home, NODE_ENV: 'production' },
    execArgv: ['--import', LOOPBACK],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let text = ''
  const hear = (chunk: Buffer) => {
    text = `${text}${chunk.toString()}`.slice(-SAID_CHARS)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const stop = async () => {
    await end(child)
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(OPEN_MS)])
  try {
    const opened = once(child, 'message', { signal })
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error(`It ended before it was open: ${text}`)
    })
    const [message]: unknown[] = await Promise.race([opened, ended])
    return { ...Opened.parse(message), said: () => text, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    over.abort()
  }
}

const END_MS = 5_000

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(timer)
}

// Its own MCP endpoint answers over a stream that was opened before, which no request by itself
// shows; its REST endpoint does the same work and answers where it was asked.
const startMcpHub = async ({ upstreamPort, text }: OtherWish): Promise<OtherHub> => {
  const config = { mcpServers: { up: { url: `http://127.0.0.1:${upstreamPort}/mcp` } } }
  const { port, said, stop } = await run('mcp-hub/dist/cli.js', async (home) => {
    const path = join(home, 'servers.json')
    await writeFile(path, JSON.stringify(config))
    // It refuses to be given no port; which one it gets is decided when it listens.
    return ['--port', '37373', '--config', path]
  })
  const path = '/api/servers/tools'
  const body = { server_name: 'up', tool: 'echo', arguments: { text } }
  const until = performance.now() + OPEN_MS
  // It listens before it has reached its server.
  while (!(await answered(`http://127.0.0.1:${port}${path}`, body)).includes(text)) {
    if (performance.now() > until) {
      await stop()
      throw new Error(`It never reached its server: ${said()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return {
    ...{ name: `mcp-hub ${PACKAGES['mcp-hub']}`, port, stop },
    request: rawRequest({ method: 'POST', path, body }),
    how: 'its REST endpoint /api/servers/tools; the same server over HTTP in the older era',
  }
}

const answered = async (url: string, body: object): Promise<string> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(OPEN_MS),
  })
  return response.text()
}

// It serves both eras; without a session it is about twice as fast, so it is asked like ours is.
const startMcpProxy = async ({ text }: OtherWish): Promise<OtherHub> => {
  const { port, stop } = await run('mcp-proxy/dist/bin/mcp-proxy.mjs', async () => [
    ...['--host', '127.0.0.1', '--port', '37374', '--streamEndpoint', '/agent/mcp'],
    ...['--server', 'stream', '--', process.execPath, UPSTREAM],
  ])
  return {
    ...{ name: `mcp-proxy ${PACKAGES['mcp-proxy']}`, port, stop },
    request: rawToolCall('none', 'echo', { text }),
    how: 'the same requests as ours; the same server over stdio in the older era',
  }
}
