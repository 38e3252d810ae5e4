// All that the command line knows about the shapes of import and export requests.
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, readFile, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EXIT, fail } from './failure.ts'
import { thingText } from './output.ts'
import { startProgress } from './output.ts'
import {
  type CommandSpec,
  type FlagSpec,
  type Given,
  type HubRequest,
  isOn,
  NOBODY,
  type Session,
  textOf,
} from './session.ts'
import { importVerdict } from './failure.ts'

const IMPORT_MS_MAX = 15 * 60_000
const BODY_BYTES_MAX = 64 * 1024 * 1024
const FILES_MAX = 20_000

const NDJSON = 'application/x-ndjson'

const project: FlagSpec = {
  name: 'project',
  brief: 'Project the tasks go into; made when it is new',
  kind: 'value',
  required: true,
  placeholder: 'key',
}
const dryRun: FlagSpec = {
  name: 'dryRun',
  brief: 'Change nothing: print counts, mapping and problems',
  kind: 'switch',
}
const strict: FlagSpec = {
  name: 'strict',
  brief: 'Take nothing over when one row is wrong',
  kind: 'switch',
}

const choices = (given: Given): Readonly<Record<string, unknown>> => ({
  project: textOf(given, 'project'),
  dryRun: isOn(given, 'dryRun'),
  strict: isOn(given, 'strict'),
})

const beads: CommandSpec = {
  path: ['import', 'beads'],
  brief: 'Import a beads JSONL file; running it again changes only what changed there.',
  positions: [{ name: 'file', brief: 'The JSONL file, or - for stdin' }],
  flags: [project, dryRun, strict],
  run: async (given, session) => {
    const text = await readInput(given, session)
    return sendRows('work.import_beads', { ...choices(given), text }, session)
  },
}

const backlogMd: CommandSpec = {
  path: ['import', 'backlog-md'],
  brief: 'Import a Backlog.md folder; running it again changes only what changed there.',
  positions: [{ name: 'dir', brief: 'The folder that holds config.yml and tasks/' }],
  flags: [project, dryRun, strict],
  run: async (given, session) => {
    const files = await readFolder(path.resolve(session.env.cwd, given.words[0] ?? '.'), session)
    return sendRows('work.import_backlog_md', { ...choices(given), files }, session)
  },
}

const guildhall: CommandSpec = {
  path: ['import', 'guildhall'],
  brief: 'Import a Guildhall export.',
  positions: [{ name: 'file', brief: 'The JSONL file, or - for stdin' }],
  flags: [
    { ...project, brief: 'Only this project', required: false },
    dryRun,
    strict,
    { name: 'merge', brief: 'Also into a hub that is not empty', kind: 'switch' },
  ],
  run: async (given, session) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries({
      ...choices(given),
      merge: isOn(given, 'merge'),
    })) {
      if (value) query.set(name, String(value))
    }
    const address = `/v1/import/guildhall${query.size > 0 ? `?${query.toString()}` : ''}`
    return sendFile(address, given, session)
  },
}

const exportCommand: CommandSpec = {
  path: ['export'],
  brief: 'Print everything as JSONL; "import guildhall" reads it back, byte for byte.',
  positions: [],
  flags: [
    {
      name: 'out',
      brief: 'Write to this file instead of stdout',
      kind: 'value',
      placeholder: 'file',
    },
    { ...project, brief: 'Only this project', required: false },
    { name: 'mask', brief: 'Mask personal data in texts; names are not found', kind: 'switch' },
  ],
  run: async (given, session) => {
    const query = new URLSearchParams()
    const only = textOf(given, 'project')
    if (only !== undefined) query.set('project', only)
    if (isOn(given, 'mask')) query.set('mask', 'true')
    const address = `/v1/export${query.size > 0 ? `?${query.toString()}` : ''}`
    const request = { method: 'GET', path: address, headers: { accept: NDJSON } }
    return receive(request, textOf(given, 'out'), session)
  },
}

/** Lists the commands that carry whole backlogs in and out. */
export const importCommands: readonly CommandSpec[] = [beads, backlogMd, guildhall, exportCommand]

const readInput = async (given: Given, session: Session): Promise<string> => {
  const name = given.words[0] ?? '-'
  try {
    if (name === '-') return Buffer.concat(await session.stdin.toArray()).toString('utf8')
    return await readFile(path.resolve(session.env.cwd, name), 'utf8')
  } catch {
    throw fail('invalid', `The file ${name} cannot be read.`)
  }
}

type SourceFile = Readonly<{ path: string; text: string }>

/** Reads the folder's YAML and Markdown files; their paths are relative, with `/`. */
const readFolder = async (folder: string, session: Session): Promise<readonly SourceFile[]> => {
  const names = await listFiles(folder)
  if (names.length === 0) {
    throw fail('invalid', `${folder} holds no Markdown files; name the folder with config.yml.`)
  }
  if (names.length > FILES_MAX) {
    throw fail('invalid', `${folder} holds ${names.length} files; at most ${FILES_MAX} fit.`)
  }
  const progress = startProgress(session, 'reading', names.length)
  const files: SourceFile[] = []
  try {
    for (const name of names) {
      const text = await readFile(path.join(folder, name), 'utf8')
      files.push({ path: name.split(path.sep).join('/'), text })
      progress.at(files.length)
    }
  } finally {
    progress.end()
  }
  return files
}

const listFiles = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && /\.(md|ya?ml)$/i.test(entry.name))
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .toSorted()
  } catch {
    throw fail('invalid', `The folder ${folder} cannot be read.`)
  }
}

/** Sends rows to the route of an import operation and shows what became of them. */
const sendRows = async (name: string, body: unknown, session: Session): Promise<number> => {
  const operation = session.operations.find((candidate) => candidate.name === name)
  const [method, address] = operation?.http?.split(' ') ?? []
  if (method === undefined || address === undefined) {
    throw fail('unavailable', 'This program has no importer for that; update it.')
  }
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  if (bytes.length > BODY_BYTES_MAX) {
    throw fail('invalid', 'The source is larger than 64 MiB; import it in parts.')
  }
  const headers = { 'content-type': 'application/json' }
  const upload = { bytes: async () => bytes, length: bytes.length }
  const request = { method, path: `/v1${address}`, headers }
  return told(name, await sendBytes(request, upload, session), session)
}

const IMPORT_OWN = 'work.import_guildhall'

const sendFile = async (address: string, given: Given, session: Session): Promise<number> => {
  const name = given.words[0] ?? '-'
  const headers = { 'content-type': NDJSON }
  const request = { method: 'POST', path: address, headers }
  if (name === '-') {
    const bytes = Buffer.concat(await session.stdin.toArray())
    const upload = { bytes: async () => bytes, length: bytes.length }
    return told(IMPORT_OWN, await sendBytes(request, upload, session), session)
  }
  const file = path.resolve(session.env.cwd, name)
  const facts = await stat(file).catch(() => null)
  if (!facts?.isFile()) throw fail('invalid', `The file ${name} cannot be read.`)
  const upload = { open: () => createReadStream(file), length: facts.size }
  return told(IMPORT_OWN, await sendBytes(request, upload, session), session)
}

type Upload = Readonly<{ length: number }> &
  Readonly<{ bytes?: () => Promise<Uint8Array>; open?: () => Readable }>

const PIECE_BYTES = 256 * 1024

const sendBytes = async (
  request: HubRequest,
  upload: Upload,
  session: Session,
): Promise<unknown> => {
  const progress = startProgress(session, 'importing', upload.length)
  // A second try sends everything again, so the count starts anew with each stream.
  const stream = () => ReadableStream.from(counted(upload, progress.at))
  try {
    return await session.hub.ask({ ...request, stream, write: true, answerMsMax: IMPORT_MS_MAX })
  } finally {
    progress.end()
  }
}

async function* counted(upload: Upload, at: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0
  const pieces: AsyncIterable<Buffer> | Iterable<Uint8Array> = upload.open
    ? upload.open()
    : slices((await upload.bytes?.()) ?? new Uint8Array())
  for await (const piece of pieces) {
    done += piece.length
    yield piece
    at(done)
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    yield bytes.subarray(from, from + PIECE_BYTES)
  }
}

/** Prints what an import did in the operation's own words; they need the answer alone. */
const told = (name: string, output: unknown, session: Session): number => {
  const { print, switches, operations } = session
  const say = operations.find((operation) => operation.name === name)?.say
  const words = () => say?.(output, { now: Date.now(), actor: NOBODY }, {})
  if (switches.json) print.data(`${JSON.stringify(output)}\n`)
  else if (!switches.quiet) print.line(words() ?? thingText(output).trimEnd())
  return importVerdict(output)
}

/** Writes an answer to a file or to stdout; the file appears only when it is whole. */
export const receive = async (
  request: HubRequest,
  out: string | undefined,
  session: Session,
): Promise<number> => {
  const response = await session.hub.open({ ...request, answerMsMax: IMPORT_MS_MAX })
  const body = response.body ? Readable.fromWeb(response.body) : Readable.from([])
  if (out === undefined) {
    await pipeline(body, session.stdout, { end: false, signal: session.signal })
    return EXIT.ok
  }
  const file = path.resolve(session.env.cwd, out)
  const part = `${file}.part`
  await pipeline(body, createWriteStream(part, { mode: 0o600 }), { signal: session.signal })
  await rename(part, file)
  session.print.note(`Written to ${out}.`)
  return EXIT.ok
}
