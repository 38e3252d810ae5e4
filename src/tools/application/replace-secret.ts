import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace, SecretView } from '../contract.ts'
import { SecretReplaced } from '../events.ts'
import { lastFour } from '../domain/secret.ts'
import { SecretValue } from './create-secret.ts'
import type { ToolsNeeds } from './ports.ts'
import { placeOf, refOf, sayKept, viewOf } from './secret-place.ts'

/** Gives a secret another value; whoever uses it gets the new one from now on. */
export const replaceSecret = operation<ToolsNeeds>()({
  name: 'tools.replace_secret',
  about: 'Give a secret another value. The value before is destroyed.',
  input: z.strictObject({
    name: SecretName,
    value: SecretValue,
    project: SecretPlace.optional(),
    version: z.int().min(1).optional().describe('Version it replaces, against lost updates'),
  }),
  output: SecretView,
  access: 'secret:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /secrets/:name/versions',
  mcp: null,
  scope: placeOf,
  say: (secret) => sayKept('replaced', secret),
  ahead: ({ value }, { keys }) => keys.prepare(new TextEncoder().encode(value)),
  async run({ name, value, project, version: seen }, needs) {
    const { secrets, keys, call, emit, ahead } = needs
    const before = await secrets.lock(await refOf(needs, { name, project }))
    if (before === null) throw notFound(name)
    if (seen !== undefined && seen !== before.version) throw changed(name, before.version)
    const { id, projectId } = before
    const version = before.version + 1
    const { fingerprint } = ahead
    const next = {
      ...{ version, fingerprint, last4: lastFour(value) },
      sealed: await keys.seal({ id, version }, new TextEncoder().encode(value)),
      ...{ createdBy: call.actor.id, createdAt: call.now },
    }
    await secrets.replace(id, next)
    emit(SecretReplaced({ secretId: id, projectId, version, fingerprint }, { content: { name } }))
    const kept = { ...before, ...next, createdAt: before.createdAt, replacedAt: call.now }
    return viewOf(kept, project ?? null)
  },
})

const changed = (name: string, version: number) => {
  const message = `${name} is at version ${version} by now; look again before you replace it.`
  return refuse('conflict', 'tools.secret_changed', message, { version })
}
