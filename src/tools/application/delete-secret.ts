import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { SecretDeleted } from '../events.ts'
import type { ToolsNeeds } from './ports.ts'
import { placeOf, refOf } from './secret-place.ts'

/** Destroys a secret. */
export const deleteSecret = operation<ToolsNeeds>()({
  name: 'tools.delete_secret',
  about: 'Destroy a secret for good. What uses it fails from now on.',
  input: z.strictObject({ name: SecretName, project: SecretPlace.optional() }),
  output: z.object({ name: SecretName, project: z.string().nullable() }),
  access: 'secret:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'DELETE /secrets/:name',
  mcp: null,
  scope: placeOf,
  say: ({ name }) => `${name} deleted`,
  async run({ name, project }, needs) {
    const { secrets, emit } = needs
    const secret = await secrets.lock(await refOf(needs, { name, project }))
    if (secret === null) throw notFound(name)
    await secrets.remove(secret.id)
    const { id: secretId, projectId, version } = secret
    emit(SecretDeleted({ secretId, projectId, version: version + 1 }, { content: { name } }))
    return { name, project: project ?? null }
  },
})
