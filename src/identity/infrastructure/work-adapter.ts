import type { WorkApi } from '../../work/contract.ts'
import type { ProjectsPort } from '../application/ports.ts'

/** Reads the room of work in the words of identity: projects are places where rights hold. */
export const projectsFrom = (work: WorkApi): ProjectsPort => ({
  idOf: async (key) => (await work.projectIds([key])).get(key) ?? null,
  taskIdOf: async (key) => (await work.taskIds([key])).get(key) ?? null,
  keyOf: async (id) => (await work.projectKeys([id])).get(id) ?? null,
})
