import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { AgentsNeeds } from './ports.ts'

const ADDRESS_CHARS_MAX = 300

/** Lists the agent programs one can connect, each with what its configuration has to hold. */
export const listClients = operation<AgentsNeeds>()({
  name: 'agents.list_clients',
  about: 'List agent programs that can connect, with the text that their configuration needs.',
  input: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(ADDRESS_CHARS_MAX)
      .describe('The address of the door for agents, like https://hall.example.org/agent/mcp'),
  }),
  output: z.object({
    /** The variable in which these programs look for the agent's key. */
    variable: z.string(),
    items: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        /** Where the file lies; below the home folder where it begins with `~`. */
        file: z.string(),
        snippet: z.string(),
        /** The program asks for the key itself, so that no variable has to hold it. */
        asksForKey: z.boolean(),
        /** The program's own command that writes the same; null where it has none. */
        add: z.string().nullable(),
        /** Our command that writes it, on the machine of the hub. */
        command: z.string(),
      }),
    ),
  }),
  access: 'agent:read',
  effect: 'read',
  http: 'GET /agent-clients',
  mcp: null,
  say: ({ items }) => items.map(({ name, file }) => `${name}: ${file}`).join('\n'),
  async run({ url }, { clients }) {
    const { variable, items } = clients(url)
    return { variable, items: [...items] }
  },
})
