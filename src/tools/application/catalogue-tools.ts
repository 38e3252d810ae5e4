import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { ListedEntry } from '../domain/catalogue-entry.ts'
import type { HubNeeds } from './hub-ports.ts'

const EntryView = z.object({
  key: z.string(),
  title: z.string(),
  about: z.string(),
  kind: z.enum(['stdio', 'http', 'openapi', 'absent']),
  package: z.string().nullable(),
  tools: z.int().nullable(),
  tokens: z.int().nullable(),
  proof: z.enum(['called', 'listed', 'unseen', 'broken']).nullable(),
  offline: z.boolean(),
  risks: z.array(z.string()),
  credential: z.string(),
  /** What the credential is and where one gets it. */
  secret: z.string().nullable(),
  /** Off after adding, until somebody switches it on. */
  off: z.boolean(),
  parameters: z.array(
    z.object({
      ...{ name: z.string(), about: z.string(), kind: z.string(), required: z.boolean() },
      /** It may be given several times. */
      many: z.boolean(),
      fallback: z.string().nullable(),
      choices: z.array(z.string()),
    }),
  ),
  needs: z.array(z.string()),
  notes: z.array(z.string()),
  instead: z.array(z.string()),
})

/** Lists what can be added: ready entries, each with what is known of it. */
export const catalogueTools = operation<HubNeeds>()({
  name: 'tools.catalogue_tools',
  about: 'List the ready catalogue of tool servers: what each can do, and what it wants to know.',
  input: z.strictObject({ q: z.string().max(80).optional().describe('Words to look for') }),
  output: z.object({ items: z.array(EntryView) }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-catalogue',
  mcp: null,
  say: ({ items }) =>
    items
      .map(
        ({ key, title, tools, proof }) =>
          `${key} ${title}${tools === null ? '' : `, ${tools} tools`} (${proof ?? 'absent'})`,
      )
      .join('\n') || 'Nothing fits.',
  async run({ q }, { shelf }) {
    const word = q?.toLowerCase() ?? ''
    const fits = ({ key, title, about }: ListedEntry) =>
      `${key} ${title} ${about}`.toLowerCase().includes(word)
    return { items: shelf.entries().filter(fits).map(entryView) }
  },
})

const entryView = (entry: ListedEntry): z.output<typeof EntryView> => {
  const { key, title, about, kind } = entry
  if (entry.kind === 'absent') {
    return {
      ...{ key, title, about, kind, package: null, tools: null, tokens: null, proof: null },
      ...{ offline: false, risks: [], credential: 'none', parameters: [], needs: [], notes: [] },
      ...{ secret: null, off: false },
      instead: [...entry.instead],
    }
  }
  const { proof, offline, credential, parameters, notes, tools } = entry
  return {
    ...{ key, title, about, kind, proof, offline, credential, notes: [...notes], instead: [] },
    package: entry.kind === 'stdio' ? `${entry.package.name}@${entry.package.version}` : null,
    ...{ tools: tools.measured?.count ?? null, tokens: tools.measured?.tokens ?? null },
    ...{ risks: [...entry.risks], secret: entry.secret?.about ?? null, off: !entry.enabled },
    parameters: parameters.map((one) => ({
      ...{ name: one.name, about: one.about, kind: one.kind, required: one.required === true },
      ...{ many: one.many === true, fallback: one.fallback ?? null },
      choices: [...(one.choices ?? [])],
    })),
    needs: entry.kind === 'stdio' ? entry.needs.map(({ title: need }) => need) : [],
  }
}
