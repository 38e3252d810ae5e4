import { z } from 'zod'
import type { KeySource, KeySources } from '../interface/mcp/resources.ts'

const Keyed = z.object({ items: z.array(z.object({ key: z.string() })) })

const keysOf = (output: unknown): readonly string[] =>
  Keyed.parse(output).items.map(({ key }) => key)

const projects: KeySource = {
  operation: 'work.list_projects',
  input: (start) => (/^[A-Z0-9]{1,10}$/.test(start) ? { id: start } : {}),
  keys: keysOf,
}

const tasks: KeySource = {
  operation: 'work.find_tasks',
  input(start) {
    const [, project] = /^([A-Z][A-Z0-9]{1,9})-/.exec(start) ?? []
    return { sort: 'updated', limit: 100, ...(project && { project }) }
  },
  keys: keysOf,
}

/** Where MCP clients find keys to complete: projects by their beginning, tasks of a project. */
export const KEY_SOURCES: KeySources = {
  project: { ...projects, listed: true },
  at: projects,
  key: tasks,
  task: tasks,
}
