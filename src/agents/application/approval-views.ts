import type { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import type { ApprovalDetails } from '../contract.ts'
import { expireApproval, isUndecidedBy, type NameOf } from '../domain/approval.ts'
import { seen, seenJson } from '../domain/shown.ts'
import type { AgentsNeeds, Reader, StoredApproval } from './ports.ts'

type View = z.output<typeof ApprovalDetails>

/** Finds out what the caller may decide. Agents decide nothing, so nothing is asked for them. */
export const readerOf = async ({
  call,
  may,
  projects,
}: Pick<Words, 'call' | 'may'> & Pick<AgentsNeeds, 'projects'>): Promise<Reader> => {
  const { id, kind, orgId } = call.actor
  if (kind !== 'person') return { id, projects: [], isOrgWide: false }
  const all = await projects.allProjectIds()
  return {
    id,
    projects: all.filter((projectId) => may('approval:decide', projectId)),
    // No project has the organisation's id: there holds only what holds everywhere.
    isOrgWide: may('approval:decide', orgId),
  }
}

/** Tells whether a reader has the right to decide an approval. */
export const reaches = (reader: Reader, { projectId }: Pick<StoredApproval, 'projectId'>) =>
  projectId === null ? reader.isOrgWide : reader.projects.includes(projectId)

/** Tells whether a reader may see an approval: they asked for it, or may decide it (A5). */
export const sees = (reader: Reader, found: StoredApproval): boolean =>
  [found.requester, found.onBehalfOf].includes(reader.id) || reaches(reader, found)

/** Reads names for sentences; whoever is unknown is "somebody". */
export const namesOf = async (
  people: AgentsNeeds['people'],
  ids: readonly string[],
): Promise<NameOf> => {
  const known = await people.handles([...new Set(ids)])
  return (id) => {
    const name = known.get(id)
    return name === undefined ? 'Somebody' : `@${name.handle}`
  }
}

type Viewing = Pick<AgentsNeeds, 'people' | 'projects'> &
  Pick<Words, 'call'> &
  Readonly<{ reader: Reader }>

/** Turns rows into what readers get, with names in the place of ids. */
export const viewsOf = async (
  { people, projects, call, reader }: Viewing,
  rows: readonly StoredApproval[],
): Promise<readonly View[]> => {
  const ids = rows.flatMap(({ requester, onBehalfOf, decidedBy }) => [
    ...[requester, onBehalfOf ?? requester, ...decidedBy],
  ])
  const [names, keys] = await Promise.all([
    people.handles([...new Set(ids)]),
    projects.projectKeys([...new Set(rows.flatMap(({ projectId }) => projectId ?? []))]),
  ])
  return rows.map((kept) => {
    const row = expireApproval(kept, call.now)
    const handle = (id: string | null) => (id === null ? null : (names.get(id)?.handle ?? null))
    const { kind, key, state, risk, needs, reason, version, ref, bound } = row
    return {
      ...{ key, kind, state, text: seen(row.text), args: seenJson(row.args), risk, needs },
      decidedBy: row.decidedBy.map((id) => handle(id) ?? 'somebody'),
      ...{ decidedAt: isoOrNull(row.decidedAt), reason },
      ...{ requester: handle(row.requester), onBehalfOf: handle(row.onBehalfOf) },
      project: row.projectId === null ? null : (keys.get(row.projectId) ?? null),
      ...{ askedAt: iso(row.askedAt), expiresAt: iso(row.expiresAt) },
      usedAt: isoOrNull(row.usedAt),
      yours: reaches(reader, row) && isUndecidedBy(row, call.actor, call.now),
      ...{ version, ref, ...bound, argsSha256: row.argsSha256, policyVersion: row.policyVersion },
    }
  })
}

const iso = (ms: number) => new Date(ms).toISOString()
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))
