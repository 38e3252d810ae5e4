import type { WorkApi } from '../../work/contract.ts'
import type { Projects } from '../application/ports.ts'

/** Reads the room of work in the words of this one: projects are places of secrets. */
export const projectsFrom = (work: WorkApi): Projects => ({
  idOf: async (key) => (await work.projectIds([key])).get(key) ?? null,
  keysOf: (ids) => work.projectKeys([...new Set(ids)]),
})
