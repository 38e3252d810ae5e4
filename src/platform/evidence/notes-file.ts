import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isUuid } from '../../kernel/id.ts'

// Files beside the database that only grow: `<org>.notes` with the signed notes of an
// organisation, `<org>.erasures` with what was erased, as ids. One JSON value in each line.

/** A note as it lies outside of the database. */
export type OutsideNote = Readonly<{ epoch: number; size: number; note: string }>

const NoteLine = z.object({ epoch: z.int(), size: z.int(), note: z.string() })
const TAIL_BYTES = 64 * 1024
/** Notes that a verification takes from a file: two weeks of a busy ledger. */
const NOTES_MAX = 20_000

/** Appends a line and waits until it is on the disk; a half line before it is closed first. */
export const appendLine = async (file: string, value: unknown): Promise<void> => {
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const last = size > 0 ? await handle.read(Buffer.alloc(1), 0, 1, size - 1) : null
    const torn = last !== null && last.buffer[0] !== 10
    await handle.appendFile(`${torn ? '\n' : ''}${JSON.stringify(value)}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Reads the lines of such a file; none where there is no file, and none that is torn. */
export const readLines = async <T>(file: string, shape: z.ZodType<T>): Promise<readonly T[]> => {
  const text = await readFile(file, 'utf8').catch(noFile)
  return text === null ? [] : linesIn(text, shape)
}

const linesIn = <T>(text: string, shape: z.ZodType<T>): readonly T[] =>
  text.split('\n').flatMap((line) => {
    const parsed = shape.safeParse(parseJson(line))
    return parsed.success ? [parsed.data] : []
  })

const noFile = (error: unknown): null => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // A line that was cut off by a crash: the next one stands on its own.
  }
}

/** The notes that lie in a folder outside of the database. */
export type NotesFolder = Readonly<{
  /** Makes the folder where there is none yet. */
  make(): Promise<void>
  add(orgId: string, note: OutsideNote): Promise<void>
  newest(orgId: string): Promise<OutsideNote | null>
  all(orgId: string): Promise<readonly OutsideNote[]>
  organisations(): Promise<readonly string[]>
  /** Where something else about an organisation may lie. */
  file(orgId: string, ending: string): Promise<string>
}>

/** Opens the folder of notes; it is made when the first one is added. */
export const notesFolder = (folder: string): NotesFolder => {
  const make = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  }
  const place = (orgId: string, ending: string) => join(folder, `${orgId}.${ending}`)
  const newest = async (orgId: string) => {
    const tail = await tailOf(place(orgId, 'notes'))
    return linesIn(tail, NoteLine).at(-1) ?? null
  }
  return {
    make,
    async add(orgId, note) {
      await make()
      const last = await newest(orgId)
      if (last?.note === note.note) return
      await appendLine(place(orgId, 'notes'), note)
    },
    newest,
    all: async (orgId) => (await readLines(place(orgId, 'notes'), NoteLine)).slice(-NOTES_MAX),
    async organisations() {
      const names = (await readdir(folder).catch(noFile)) ?? []
      return names
        .filter((name) => name.endsWith('.notes'))
        .map((name) => name.slice(0, -'.notes'.length))
        .filter(isUuid)
    },
    async file(orgId, ending) {
      await make()
      return place(orgId, ending)
    },
  }
}

const tailOf = async (file: string): Promise<string> => {
  const handle = await open(file, 'r').catch(noFile)
  if (handle === null) return ''
  try {
    const { size } = await handle.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const buffer = Buffer.alloc(size - from)
    await handle.read(buffer, 0, buffer.length, from)
    const text = buffer.toString('utf8')
    // The first line of a tail is half a line, unless the file begins there.
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await handle.close()
  }
}
