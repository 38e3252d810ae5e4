import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'
import { operation } from '../../kernel/operation.ts'
import { Handle, HandleIn } from '../contract.ts'
import { holderOf, holdsWide, notAllowed } from './guard-grants.ts'
import { personOf } from './find-person.ts'
import type { SubjectNeeds } from './subject-ports.ts'

/** Whose data an export was opened for. */
export const SubjectExportOpened = z.object({ principalId: z.uuid(), handle: Handle })

/** Asks for the right to everything kept of a person; the lines themselves are a stream. */
export const exportSubject = operation<SubjectNeeds>()({
  name: 'identity.export_subject',
  about:
    'Stream everything that is kept of a person as JSON lines. Your own needs no permission, ' +
    'anybody else needs subject:export.',
  input: z.strictObject({ handle: HandleIn }),
  output: SubjectExportOpened,
  // Nobody needs a permission for their own; the operation asks for it where it is another's.
  access: null,
  effect: 'read',
  http: 'GET /subjects/:handle/export',
  streamed: true,
  mcp: null,
  sensitive: true,
  fresh: true,
  limit: 'export',
  async run({ handle }, { principals, grants, call }) {
    const isOwn = handle === call.actor.handle && isWhole(call.actor)
    const may = isOwn || holdsWide(await holderOf(grants, call), 'subject:export')
    if (!may) throw notAllowed('subject:export', 'this organisation')
    const person = await personOf(principals, handle)
    return { principalId: person.id, handle: person.handle }
  },
})

/** A credential that is cut down to some things does not open everything. */
const isWhole = ({ scopes, projects, onBehalfOf }: Actor): boolean =>
  scopes === null && projects === null && onBehalfOf === undefined
