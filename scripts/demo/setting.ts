import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { TestHub } from '../../test/hub.ts'
import type { Orders } from './messages.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'main', 'cli.ts')
const IMPORT_MS = 300_000

/** A command of the CLI, as a person would give it. */
export type Said = Readonly<{ exit: number; out: string; err: string }>

/** Runs a command of the CLI against a hub, as its owner. */
export const guildhall = async (hub: TestHub, words: readonly string[]): Promise<Said> => {
  const { HOME = '/', PATH = '' } = process.env
  const child = spawn(process.execPath, [CLI, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      HOME,
      PATH,
      GUILDHALL_HOME: hub.home,
      GUILDHALL_URL: hub.url,
      GUILDHALL_KEY: hub.ownerKey,
    },
    timeout: IMPORT_MS,
  })
  const [out, err] = [text(child.stdout), text(child.stderr)]
  const told: readonly unknown[] = await once(child, 'close')
  const [code] = told
  return { exit: typeof code === 'number' ? code : -1, out: await out, err: await err }
}

/** A backlog as it lies on disk, and the importer that reads it. */
export type Source = Readonly<{ path: string; importer: 'beads' | 'backlog-md' }>

/** Tells what kind of backlog a path holds: a file is beads, a folder is Backlog.md. */
export const sourceOf = async (path: string): Promise<Source> => {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new Error(`There is nothing at ${path}; name a file or a folder.`)
  if (found.isFile()) return { path: resolve(path), importer: 'beads' }
  const inner = join(path, 'backlog')
  const isInner = (await stat(inner).catch(() => null))?.isDirectory() ?? false
  return { path: resolve(isInner ? inner : path), importer: 'backlog-md' }
}

/** Imports a backlog by the command line; a few bad rows are told, not fatal. */
export const importBacklog = async (
  hub: TestHub,
  { path, importer }: Source,
  project: string,
): Promise<string> => {
  const said = await guildhall(hub, ['import', importer, path, '--project', project])
  if (said.exit > 1) throw new Error(`The import failed (${said.exit}):\n${said.err}${said.out}`)
  return said.out.trim()
}

const Made = z.object({ key: z.string() })

/** Makes an agent with a key of its own for each worker. */
export const makeAgents = async (
  hub: TestHub,
  given: Readonly<{ workers: number; project: string; leaseS: number; waitS: number }>,
): Promise<readonly Orders[]> => {
  const { workers, project, leaseS, waitS } = given
  const orders: Orders[] = []
  for (let number = 1; number <= workers; number++) {
    const name = `worker-${String(number).padStart(2, '0')}`
    const answer = await hub.api('POST', '/v1/agents', { name, projects: [project] })
    if (answer.status >= 300) throw new Error(`${name}: ${JSON.stringify(answer.body)}`)
    const { key } = Made.parse(answer.body)
    orders.push({ name, url: `${hub.url}/agent/mcp`, key, project, leaseS, waitS })
  }
  return orders
}

/** Asks the hub who the owner is. */
export const ownerId = async (hub: TestHub): Promise<string> => {
  const { body } = await hub.api('GET', '/v1/me')
  return z.object({ id: z.string() }).parse(body).id
}
