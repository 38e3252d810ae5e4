import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'
import type { Egress } from '../../platform/egress/egress.ts'
import type { Shelf } from '../application/hub-ports.ts'
import type { StdioEntry } from '../domain/catalogue-entry.ts'
import {
  checkParameters,
  type ParameterValues,
  pathsIn,
  startOf,
} from '../domain/catalogue-start.ts'
import { CATALOGUE, CATALOGUE_DAY, entryNamed } from './catalogue-entries.ts'
import { withMachineNeeds } from './machine-needs.ts'
import type { Environment } from './npm-program.ts'
import { packageInstaller } from './package-install.ts'

/** Bytes of a document of a service. */
const DOCUMENT_BYTES_MAX = 5_000_000

const MEGABYTE = 1024 * 1024

/** What the shelf stands on. */
export type ShelfGround = Readonly<{
  /** The folder of programs and of what they keep, in the hub's home. */
  folder: string
  egress: Pick<Egress, 'fetch' | 'check'>
  /** The environment that npm and programs are looked for in. */
  environment: Environment
  node: string
  isRoot: boolean
  now: () => number
}>

/** The ready catalogue of this hub, and the programs that were installed out of it. */
export type ToolShelf = Shelf & Readonly<{ stop(): Promise<void> }>

/** Makes the shelf of a hub. */
export const toolShelf = (ground: ShelfGround): ToolShelf => {
  const { folder, egress, environment, node, isRoot, now } = ground
  const installer = packageInstaller({
    ...{ folder: join(folder, 'packages'), npm: null, node, environment, now },
    day: CATALOGUE_DAY,
  })
  const fetchText = egress.fetch({ bytesMax: DOCUMENT_BYTES_MAX, redirects: 3 })
  return {
    entries: () => CATALOGUE,
    named: entryNamed,
    async prepare(entry, given, place) {
      const checked = checkParameters(entry, given)
      const named = await withMachineNeeds(entry, checked, environment['PATH'] ?? '')
      const { values, shows, opens } = await withRealPaths(entry, named)
      const { program, tree, folder: installed } = await installer.install(entry)
      // Of one server of one organisation: nobody else's memory is in it.
      const dataFolder = join(folder, 'data', place)
      await mkdir(dataFolder, { recursive: true, mode: 0o700 })
      const { argv, environment: own } = startOf(entry, values, { dataFolder, isRoot })
      const config = {
        ...{ program, node: true, argv, environment: own, cwd: null, isolate: entry.isolation },
        ...{ instances: entry.instances, shows: [installed, ...shows] },
        opens: [dataFolder, ...opens],
        ...(entry.memoryMb !== undefined && { memoryBytesMax: entry.memoryMb * MEGABYTE }),
      }
      return { config, integrity: tree }
    },
    async fetch(url) {
      const response = await fetchText(url)
      if (!response.ok) throw noDocument(response.status)
      return response.text()
    },
    checkAddress: (url) => egress.check(url),
    stop: () => installer.stop(),
  }
}

/** Follows links once, here: what a program is let into is what an administrator has named. */
const withRealPaths = async (entry: StdioEntry, named: ParameterValues) => {
  const real = new Map<string, string>()
  const shows: string[] = []
  const opens: string[] = []
  for (const { parameter, path, use } of pathsIn(entry, named)) {
    const found = await realOf(parameter, path)
    real.set(path, found)
    if (use === 'write') opens.push(found)
    else shows.push(found)
  }
  const values = Object.fromEntries(
    Object.entries(named).map(([name, all]) => [name, all.map((one) => real.get(one) ?? one)]),
  )
  return { values, shows, opens }
}

const realOf = async (parameter: string, path: string): Promise<string> => {
  try {
    return await realpath(path)
  } catch {
    const message = `${parameter} names a path that is not there; make it first, or name another.`
    throw refuse('invalid', 'tools.path_missing', message, { parameter })
  }
}

const noDocument = (status: number) => {
  const message = `The document could not be read: the other side answered ${status}.`
  return refuse('unavailable', 'tools.no_document', message)
}
