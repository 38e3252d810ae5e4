import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorId, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { momentOf, projectKeys } from './names.ts'
import { clientHost, redirectPlace } from './oauth-words.ts'
import { ConsentView } from './oauth-views.ts'
import type { IdentityNeeds } from './ports.ts'

/** Lists the programs that a person has allowed to act. */
export const listConsents = operation<IdentityNeeds>()({
  name: 'identity.list_consents',
  about: 'List the programs you have allowed to act, and as which agents.',
  input: z.strictObject({
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(ConsentView), next: z.string().nullable() }),
  access: null,
  effect: 'read',
  http: 'GET /oauth/grants',
  mcp: null,
  async run({ limit, cursor }, { consents, projects, call }) {
    const rows = await consents.list({
      personId: call.actor.id,
      now: call.now,
      after: cursor === undefined ? null : cursorId(cursor),
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const keyOf = await projectKeys(
      projects,
      page.flatMap(({ projectIds }) => projectIds ?? []),
    )
    const items = page.map((row) => ({
      id: row.id,
      client: { name: row.clientName, id: row.clientId, host: clientHost(row.clientId) },
      redirectHost: row.redirectUri === null ? null : redirectPlace(row.redirectUri).host,
      agent: row.agent,
      resource: row.resource,
      scopes: [...row.scopes],
      projects: row.projectIds && row.projectIds.flatMap((id) => keyOf.get(id) ?? []),
      createdAt: momentOf(row.createdAt),
      expiresAt: momentOf(row.expiresAt),
    }))
    const last = page.at(-1)
    return { items, next: rows.length > limit && last ? cursorOf([last.id]) : null }
  },
})
