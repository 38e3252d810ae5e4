import { z } from 'zod'
import { readSubject } from '../../platform/ledger/ledger.ts'
import type { Ground } from '../../platform/room.ts'
import type { NodeHistory } from '../application/ports.ts'
import { NodeWritten } from '../contract.ts'
import type { Json } from '../domain/json.ts'
import { readJson } from '../domain/node.ts'

/** What was written to a node, from the ledger; what was erased there is gone here, too. */
export const nodeHistory = ({ sql, orgId }: Ground): NodeHistory => ({
  async changes(nodeId, limit) {
    const events = await readSubject(sql, orgId, { subject: nodeId, limit })
    return events
      .filter(({ name }) => name === NodeWritten.event)
      .map(({ subjectVersion, actor, happenedAt, parts }) => ({
        ...{ version: subjectVersion, by: actor, at: happenedAt },
        ...said(parts['content']),
      }))
  },
})

const Content = z.object({ set: z.record(z.string(), z.unknown()), gone: z.array(z.string()) })

const said = (content: Readonly<Record<string, unknown>> | undefined) => {
  const told = Content.safeParse(content)
  if (!told.success) return { set: null, gone: [] }
  const { set, gone } = told.data
  const leaves = Object.entries(set).map(([path, leaf]): [string, Json] => [
    path,
    readJson(leaf, path),
  ])
  return { set: Object.fromEntries(leaves), gone }
}
