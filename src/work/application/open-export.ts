import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { ProjectKey } from '../contract.ts'
import type { WorkNeeds } from './ports.ts'

/** What an export was opened for: one project, or `null` for all. */
export const ExportOpened = z.object({ projectId: z.uuid().nullable(), mask: z.boolean() })

/**
 * Asks for the right to an export and finds what it is cut down to. The lines themselves are a
 * stream, and a stream is no answer of an operation.
 */
export const openExport = operation<WorkNeeds>()({
  name: 'work.open_export',
  about: 'Stream everything, or one project, as JSON lines that an import reads back.',
  input: z.strictObject({
    project: ProjectKey.optional(),
    mask: z
      .boolean()
      .default(false)
      .describe('Mask personal data in texts; names of people are not found'),
  }),
  output: ExportOpened,
  access: 'data:export',
  effect: 'read',
  http: 'GET /export',
  streamed: true,
  mcp: null,
  orgWide: true,
  async run({ project, mask }, { projects }) {
    if (project === undefined) return { projectId: null, mask }
    const found = await projects.find(project)
    if (!found) throw notFound(project)
    return { projectId: found.id, mask }
  },
})
