import { constants, type Dirent } from 'node:fs'
import { access, lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, delimiter, join, relative, sep } from 'node:path'
import { parse } from 'jsonc-parser'
import type { Machine } from '../application/machine-ports.ts'
import {
  type BacklogFile,
  type BacklogSource,
  type Findings,
  type Program,
  PROGRAMS,
  serversIn,
  tomlTables,
} from '../domain/machine.ts'

/** Folders that one look enters, and how far below the home folder. */
const FOLDERS_MAX = 2_000
const DEPTH_MAX = 3
/** Milliseconds that one look takes. */
const LOOK_MS_MAX = 3_000
/** Repositories, and servers of tools, that one look names. */
const FOUND_MAX = 100
/** Bytes of settings, and of a backlog, that are read. */
const SETTINGS_BYTES_MAX = 5_000_000
const BACKLOG_BYTES_MAX = 60_000_000
/** Files and folders of one backlog. */
const FILES_MAX = 20_000
const BACKLOG_DEPTH_MAX = 4

/** Where the hub may look: its account's home folder, and the folders that hold programs. */
export type MachineGround = Readonly<{
  home: string
  /** Folders, like the variable `PATH`. */
  path: string
  /** Milliseconds that only go forward. */
  now: () => number
}>

/** Opens the eyes of the hub on its own machine: they look when somebody asks, and keep nothing. */
export const machineLook = ({ home, path, now }: MachineGround): Machine => ({
  async look() {
    const [programs, servers, found] = await Promise.all([
      Promise.all(PROGRAMS.map((program) => lookFor(program, path))),
      Promise.all(PROGRAMS.map((program) => serversOf(program, home))),
      repositoriesBelow(home, now() + LOOK_MS_MAX, now),
    ])
    const named = servers.flat()
    const isCut = found.cut || named.length > FOUND_MAX
    return { ...found, programs, servers: named.slice(0, FOUND_MAX), cut: isCut }
  },
  async backlog(wanted) {
    const root = await realpath(wanted).catch(() => null)
    // A link may lead anywhere: only what really lies below the home folder is read.
    if (root === null || !isBelow(await realpath(home), root)) return null
    const source = await backlogOf(root)
    if (source === null) return null
    const files = source === 'beads' ? await beadsFiles(root) : await markdownFiles(root)
    return { source, files }
  },
})

const isBelow = (home: string, path: string): boolean => {
  const steps = relative(home, path)
  return steps !== '' && steps !== '..' && !steps.startsWith(`..${sep}`)
}

const lookFor = async ({ name, title, commands }: Program, path: string) => {
  const places = path
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => commands.map((command) => join(folder, command)))
  const found = await Promise.all(places.map(isProgram))
  return { name, title, installed: found.includes(true) }
}

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

const serversOf = async (program: Program, home: string) => {
  const text = await smallText(join(home, ...program.settings), SETTINGS_BYTES_MAX)
  if (text === null) return []
  const { servers, format } = program
  const settings: unknown =
    format === 'toml' ? { [servers]: tomlTables(text, servers) } : parse(text)
  return serversIn(settings, program).map((one) => ({ ...one, program: program.name }))
}

/** Reads a file that is one, is not too large, and is no link. */
const smallText = async (path: string, bytesMax: number): Promise<string | null> => {
  try {
    const facts = await lstat(path)
    if (!facts.isFile() || facts.size > bytesMax) return null
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

type Found = Pick<Findings, 'repositories' | 'cut'>
type Place = Readonly<{ path: string; depth: number }>

const repositoriesBelow = async (
  home: string,
  until: number,
  now: () => number,
): Promise<Found> => {
  const repositories: Findings['repositories'][number][] = []
  const waiting: Place[] = [{ path: home, depth: 0 }]
  let entered = 0
  for (const place of waiting) {
    const isFull = repositories.length >= FOUND_MAX || entered >= FOLDERS_MAX
    if (isFull || now() > until) return { repositories, cut: true }
    entered += 1
    const entries = await entriesOf(place.path)
    if (place.depth > 0 && entries.some(({ name }) => name === '.git')) {
      const backlog = await backlogOf(place.path)
      repositories.push({ path: place.path, name: basename(place.path), backlog })
      continue
    }
    if (place.depth === DEPTH_MAX) continue
    for (const entry of entries) {
      if (!entry.isDirectory() || isUnlikely(entry.name)) continue
      waiting.push({ path: join(place.path, entry.name), depth: place.depth + 1 })
    }
  }
  return { repositories, cut: false }
}

const isUnlikely = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

/** Lists a folder that is one and no link to one. */
const entriesOf = async (path: string): Promise<readonly Dirent[]> => {
  try {
    if (!(await lstat(path)).isDirectory()) return []
    return await readdir(path, { withFileTypes: true })
  } catch {
    return [] // what may not be read is not there
  }
}

const backlogOf = async (root: string): Promise<BacklogSource | null> => {
  const beads = await entriesOf(join(root, '.beads'))
  if (beads.some((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))) return 'beads'
  const markdown = await entriesOf(join(root, 'backlog'))
  const isOne = markdown.some((entry) => entry.isFile() && /^config\.ya?ml$/.test(entry.name))
  return isOne ? 'backlog-md' : null
}

/** The export that beads keeps: of several the one with that name, else the first. */
const beadsFiles = async (root: string): Promise<readonly BacklogFile[]> => {
  const folder = join(root, '.beads')
  const names = (await entriesOf(folder)).flatMap((entry) =>
    entry.isFile() && entry.name.endsWith('.jsonl') ? [entry.name] : [],
  )
  const name = names.find((one) => one === 'issues.jsonl') ?? names.toSorted()[0]
  const text = name === undefined ? null : await smallText(join(folder, name), BACKLOG_BYTES_MAX)
  return name === undefined || text === null ? [] : [{ path: name, text }]
}

const markdownFiles = async (root: string): Promise<readonly BacklogFile[]> => {
  const folder = join(root, 'backlog')
  const files: BacklogFile[] = []
  const waiting: Place[] = [{ path: folder, depth: 0 }]
  let bytes = 0
  for (const { path, depth } of waiting) {
    for (const entry of await entriesOf(path)) {
      if (files.length >= FILES_MAX || waiting.length >= FILES_MAX) return files
      const place = join(path, entry.name)
      if (entry.isDirectory() && depth < BACKLOG_DEPTH_MAX) {
        waiting.push({ path: place, depth: depth + 1 })
      }
      if (!entry.isFile() || !/\.(md|ya?ml)$/.test(entry.name)) continue
      const text = await smallText(place, BACKLOG_BYTES_MAX - bytes)
      if (text === null) continue
      bytes += Buffer.byteLength(text)
      files.push({ path: relative(folder, place).split(sep).join('/'), text })
    }
  }
  return files
}
