import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import type { MachineNeeds } from './machine-ports.ts'

const PATH_CHARS_MAX = 1_000
const BACKLOGS = ['beads', 'backlog-md'] as const

/** Says what the machine of the hub has that a new hall could use; nothing is kept or changed. */
export const lookAtMachine = operation<MachineNeeds>()({
  name: 'agents.look_at_machine',
  about:
    'Look for agent programs, servers of tools and repositories on the machine of the hub. Names ' +
    'only; nothing is kept.',
  input: z.strictObject({}),
  output: z.object({
    programs: z.array(z.object({ name: z.string(), title: z.string(), installed: z.boolean() })),
    servers: z.array(
      z.object({
        name: z.string(),
        /** The program that knows it. */
        program: z.string(),
        kind: z.enum(['command', 'address']),
      }),
    ),
    repositories: z.array(
      z.object({ path: z.string(), name: z.string(), backlog: z.enum(BACKLOGS).nullable() }),
    ),
    /** Set where there was more than one look takes in. */
    cut: z.boolean(),
  }),
  access: 'cluster:operate',
  effect: 'outside',
  orgWide: true,
  http: 'POST /machine/look',
  mcp: null,
  say: ({ programs, servers, repositories }) =>
    [
      `programs: ${programs.flatMap((one) => (one.installed ? [one.name] : [])).join(' ') || '-'}`,
      `servers: ${servers.map(({ name }) => name).join(' ') || '-'}`,
      ...repositories.map(({ path, backlog }) => `${path}${backlog ? ` (${backlog})` : ''}`),
    ].join('\n'),
  async run(_input, { machine }) {
    const { programs, servers, repositories, cut } = await machine.look()
    return {
      programs: [...programs],
      servers: [...servers],
      repositories: [...repositories],
      cut,
    }
  },
})

/** Gives the backlog of a repository on the hub's machine in the shape that imports take. */
export const readBacklog = operation<MachineNeeds>()({
  name: 'agents.read_backlog',
  about: 'Read the backlog of a repository on the machine of the hub, to import it.',
  input: z.strictObject({ path: z.string().min(1).max(PATH_CHARS_MAX) }),
  output: z.object({
    source: z.enum(BACKLOGS),
    files: z.array(z.object({ path: z.string(), text: z.string() })),
  }),
  access: 'cluster:operate',
  effect: 'outside',
  orgWide: true,
  http: 'POST /machine/backlog',
  mcp: null,
  say: ({ source, files }) => `${source}, ${files.length} files`,
  async run({ path }, { machine }) {
    const found = await machine.backlog(path)
    if (found === null) throw notFound(`The backlog of ${path}`)
    return { source: found.source, files: [...found.files] }
  },
})
