import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const Shape = z.object({
  /** Also the number of its process group. Never 1: that group is everybody. */
  pid: z.int().min(2),
  start: z.string().min(1).max(200),
  name: z.string(),
  startedAt: z.number(),
})

const OURS = /^\d+\.json(\.new)?$/

/** Tells which program runs under a number, so that a later hub can find and end it. */
export type ProgramRecord = Readonly<z.infer<typeof Shape>>

/** The records of running programs, a file each. */
export type Records = Readonly<{
  note(record: ProgramRecord): Promise<void>
  forget(pid: number): Promise<void>
  /** Lists all records; one that cannot be read counts as none and is taken away. */
  list(): Promise<readonly ProgramRecord[]>
}>

/** Keeps records in a folder of the hub's home. */
export const recordsIn = (folder: string): Records => {
  const fileOf = (pid: number | string): string => join(folder, `${pid}.json`)
  return {
    async note(record) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = fileOf(record.pid)
      await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 })
      await rename(`${file}.new`, file)
    },
    forget: (pid) => rm(fileOf(pid), { force: true }),
    async list() {
      const names = await readdir(folder).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
        throw error
      })
      const found: ProgramRecord[] = []
      for (const name of names) {
        if (!OURS.test(name)) continue
        const record = await readRecord(join(folder, name))
        if (record && name === `${record.pid}.json`) found.push(record)
        else await rm(join(folder, name), { force: true })
      }
      return found
    },
  }
}

const readRecord = async (file: string): Promise<ProgramRecord | undefined> => {
  const text = await readFile(file, 'utf8')
  try {
    return Shape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
