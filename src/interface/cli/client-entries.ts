import path from 'node:path'
import { AGENT_CLIENTS, type AgentClient } from '../agent-clients.ts'
import type { CliEnv } from './session.ts'

/** One place in a configuration file and what belongs there. */
export type Placed = Readonly<{ at: readonly (string | number)[]; value: unknown }>

/** An agent program with the files it may be kept in; a new one is made under the first. */
export type Client = AgentClient & Readonly<{ files: (env: CliEnv) => readonly string[] }>

/** Lists the agent programs we can write configuration for. */
export const CLIENTS: readonly Client[] = AGENT_CLIENTS.map((client) => ({
  ...client,
  files: (env) => {
    const folder = client.base === 'work' ? env.cwd : env.userHome
    return client.paths.map((steps) => path.join(folder, ...steps))
  },
}))
