import { eraseEventTexts } from '../../platform/subject/erase-texts.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import {
  type ErasedCounts,
  type Erasing,
  ERASED_TEXT,
  SUBJECT_ROWS,
  type SubjectData,
  type SubjectLine,
  subjectPages,
} from '../../platform/subject.ts'
import { DelegationDecided, NodeWritten } from '../contract.ts'
import type { WorkPlaces } from '../application/ports.ts'
import { isList, type Json, type JsonObject, same } from '../domain/json.ts'
import type { Stamp, Tier } from '../domain/node.ts'
import { leavesOf, parsePath, patchAt } from '../domain/path.ts'

/**
 * What this room keeps of persons: the leaves they wrote, their proposals and decisions. All of it
 * is content and says who wrote it by id, so it stays unless it is asked for.
 */
export const contextSubject = (
  places: (ground: Ground) => Pick<WorkPlaces, 'find'>,
): SubjectData => ({
  async *export(ground, principalId) {
    for await (const node of nodesOf(ground, principalId)) yield nodeLine(node, principalId)
    yield* proposalLines(ground, principalId)
    yield* objectiveLines(ground, principalId)
  },
  async erase(ground, principalId, erasing) {
    if (!erasing.content) return {}
    const leaves = await eraseLeaves({ ...ground, places: places(ground) }, principalId, erasing)
    return { leaves, ...(await eraseProposals(ground, principalId, erasing)) }
  },
})

type Node = Readonly<{
  id: string
  atId: string
  tier: Tier
  at: string
  data: JsonObject
  stamps: Readonly<Record<string, Stamp>>
  version: number
}>

const nodesOf = ({ sql, orgId }: Ground, principalId: string): AsyncGenerator<Node> =>
  subjectPages(
    (after: Node | null) => sql<Node>`
      select id, at_id as "atId", tier, at, data, stamps, version
        from context.node
       where org_id = ${orgId} and (${after === null} or at_id > ${after?.atId ?? null}::uuid)
         and jsonb_path_exists(stamps, '$.* ? (@.by == $id)',
               jsonb_build_object('id', ${principalId}::text))
       order by at_id limit ${SUBJECT_ROWS}`,
  )

/** Lists the leaves that somebody wrote last. */
const leavesBy = ({ data, stamps }: Node, principalId: string) =>
  leavesOf(data).filter(([path]) => Object.hasOwn(stamps, path) && stamps[path]?.by === principalId)

const nodeLine = (node: Node, principalId: string): SubjectLine => ({
  k: 'context',
  at: node.at,
  wrote: Object.fromEntries(leavesBy(node, principalId)),
})

type Placed = Ground & Readonly<{ places: Pick<WorkPlaces, 'find'> }>

/** Empties the leaves they wrote; every tier that inherits them sees another version. */
const eraseLeaves = async (
  { sql, orgId, places }: Placed,
  principalId: string,
  { now, emit }: Erasing,
): Promise<number> => {
  let count = 0
  for await (const node of nodesOf({ sql, orgId }, principalId)) {
    const set = emptied(leavesBy(node, principalId))
    if (set.length === 0) continue
    const data = set.reduce<Json>(
      (all, [path, value]) => patchAt(all, parsePath(path), value),
      node.data,
    )
    const version = node.version + 1
    await sql`
      update context.node
         set data = ${json(data)}::jsonb, version = ${version}, written_at = ${at(now)}
       where org_id = ${orgId} and at_id = ${node.atId}`
    const { id: nodeId, tier, atId } = node
    const place = tier === 'global' ? null : await places.find(node.at)
    const event = { nodeId, tier, atId, at: node.at, projectId: place?.projectId ?? null, version }
    emit(NodeWritten(event, { content: { set: Object.fromEntries(set), gone: [] } }))
    count += set.length
  }
  return count
}

type Leaf = readonly [string, Json]

/** Texts and lists lose what they say; switches, numbers and locks say nothing of anybody. */
const emptied = (leaves: readonly Leaf[]): readonly Leaf[] =>
  leaves.flatMap(([path, value]): Leaf[] => {
    if (path.endsWith('$lock')) return []
    const empty: Json = isList(value) ? [ERASED_TEXT] : ERASED_TEXT
    if (!(isList(value) || typeof value === 'string') || same(value, empty)) return []
    return [[path, empty]]
  })

type Proposal = Readonly<{ id: string; row: Readonly<Record<string, unknown>> }>

async function* proposalLines({ sql, orgId }: Ground, principalId: string) {
  const page = (after: Proposal | null) => sql<Proposal>`
    select id, jsonb_build_object('proposal', 'D-' || number, 'state', state)
           || case when opened_by = ${principalId}
                then jsonb_build_object('from', from_at, 'to', to_at, 'path', path, 'data', data,
                       'reason', reason, 'openedAt', opened_at)
                else '{}' end
           || case when decided_by = ${principalId}
                then jsonb_build_object('note', note, 'decidedAt', decided_at)
                else '{}' end as row
      from context.delegation
     where org_id = ${orgId} and (opened_by = ${principalId} or decided_by = ${principalId})
       and (${after === null} or id > ${after?.id ?? null}::uuid)
     order by id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(page)) yield { k: 'proposal', ...row }
}

async function* objectiveLines({ sql, orgId }: Ground, principalId: string) {
  const page = (after: Proposal | null) => sql<Proposal>`
    select id, jsonb_build_object('objective', 'O-' || number, 'title', title) as row
      from context.objective
     where org_id = ${orgId} and owner_id = ${principalId}
       and (${after === null} or id > ${after?.id ?? null}::uuid)
     order by id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(page)) yield { k: 'owns_objective', ...row }
}

type Closed = Readonly<{
  delegationId: string
  number: number
  projectId: string
  version: number
  wasOpen: boolean
}>

/** Empties proposals and notes; what still waits for a decision can no longer be accepted. */
const eraseProposals = async (
  { sql, orgId }: Ground,
  principalId: string,
  { now, emit }: Erasing,
): Promise<ErasedCounts> => {
  const proposals = await sql<Closed>`
    update context.delegation d
       set data = ${json(ERASED_TEXT)}::jsonb, before = null, reason = ${ERASED_TEXT},
           state = case when d.state = 'pending' then 'expired' else d.state end,
           decided_at = coalesce(d.decided_at, ${at(now)}), version = d.version + 1
      from context.delegation b
     where d.org_id = ${orgId} and d.opened_by = ${principalId} and b.org_id = d.org_id
       and b.id = d.id and (d.reason <> ${ERASED_TEXT} or d.data <> ${json(ERASED_TEXT)}::jsonb)
    returning d.id as "delegationId", d.number, d.project_id as "projectId", d.version,
              b.state = 'pending' as "wasOpen"`
  // A lesson is proposed by the hub for whoever has learned it, so its event is not theirs.
  const subjects = proposals.map(({ delegationId }) => delegationId)
  await eraseEventTexts({ sql, orgId }, { subjects })
  for (const { number, wasOpen, ...about } of proposals) {
    if (!wasOpen) continue
    const closed = { ...about, key: `D-${number}`, state: 'expired', decidedBy: null } as const
    emit(DelegationDecided(closed))
  }
  const notes = await sql`
    update context.delegation set note = ${ERASED_TEXT}
     where org_id = ${orgId} and decided_by = ${principalId} and note <> ${ERASED_TEXT}
    returning id`
  return { proposals: proposals.length, notes: notes.length }
}
