import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'
import type { MachineNeed, StdioEntry } from '../domain/catalogue-entry.ts'
import type { ParameterValues } from '../domain/catalogue-start.ts'

/**
 * Finds the programs that an entry needs on this machine and fills in the parameters that name
 * them; refuses with the way to install what is missing. `path` is a list of folders like `PATH`.
 */
export const withMachineNeeds = async (
  entry: Pick<StdioEntry, 'key' | 'needs'>,
  values: ParameterValues,
  path: string,
): Promise<ParameterValues> => {
  const filled: Record<string, readonly string[]> = { ...values }
  for (const need of entry.needs) {
    const named = need.parameter === undefined ? undefined : values[need.parameter]?.[0]
    const found = named === undefined ? await findProgram(need, path) : await ifProgram(named)
    if (found === null) throw missing(entry.key, need, named)
    if (need.parameter !== undefined) filled[need.parameter] = [found]
  }
  return filled
}

/** Lists which of an entry's needs this machine does not meet. */
export const missingNeeds = async (
  { needs }: Pick<StdioEntry, 'needs'>,
  path: string,
): Promise<readonly MachineNeed[]> => {
  const found = await Promise.all(needs.map((need) => findProgram(need, path)))
  return needs.filter((_, index) => found[index] === null)
}

const findProgram = async ({ programs }: MachineNeed, path: string): Promise<string | null> => {
  const folders = path.split(delimiter).filter(Boolean)
  for (const program of programs) {
    for (const folder of folders) {
      const found = await ifProgram(join(folder, program))
      if (found !== null) return found
    }
  }
  return null
}

const ifProgram = async (path: string): Promise<string | null> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile() ? path : null
  } catch {
    return null
  }
}

const missing = (key: string, need: MachineNeed, named: string | undefined) => {
  const message =
    named === undefined
      ? `${key} needs ${need.title} on the machine of the hub, for example: ${need.install}`
      : `${need.parameter} of ${key} is no program that the hub may start.`
  const details = { entry: key, need: need.title, install: need.install }
  return refuse('conflict', 'tools.machine_lacks', message, details)
}
