import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace, SecretView } from '../contract.ts'
import { SecretCreated } from '../events.ts'
import { lastFour, SECRET_CHARS_MAX, SECRETS_MAX } from '../domain/secret.ts'
import type { ToolsNeeds } from './ports.ts'
import { placeOf, projectIdOf, sayKept, viewOf } from './secret-place.ts'

/** A value to be kept: it goes in and never comes out. */
export const SecretValue = z
  .string()
  .min(1)
  .max(SECRET_CHARS_MAX)
  .describe('The secret itself, exactly as it is used; it is never shown again')

/** Stores a secret. */
export const createSecret = operation<ToolsNeeds>()({
  name: 'tools.create_secret',
  about: 'Store a secret for tools to use. It can be replaced and deleted, and never be read.',
  input: z.strictObject({
    name: SecretName,
    value: SecretValue,
    project: SecretPlace.optional(),
  }),
  output: SecretView,
  access: 'secret:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /secrets',
  mcp: null,
  scope: placeOf,
  say: (secret) => sayKept('stored', secret),
  ahead: ({ value }, { keys }) => keys.prepare(new TextEncoder().encode(value)),
  async run({ name, value, project }, { secrets, keys, projects, call, emit, ahead }) {
    const projectId = await projectIdOf({ projects }, project)
    if ((await secrets.count(projectId)) >= SECRETS_MAX) throw tooMany()
    const id = call.newId()
    const { fingerprint } = ahead
    const first = {
      ...{ version: 1, fingerprint, last4: lastFour(value) },
      sealed: await keys.seal({ id, version: 1 }, new TextEncoder().encode(value)),
      ...{ createdBy: call.actor.id, createdAt: call.now },
    }
    if (!(await secrets.add({ id, projectId, name }, first))) throw taken(name)
    emit(SecretCreated({ secretId: id, projectId, version: 1, fingerprint }, { content: { name } }))
    const kept = { ...first, id, projectId, name, replacedAt: null, usedAt: null }
    return viewOf(kept, project ?? null)
  },
})

const taken = (name: string) => {
  const message = `There is a secret ${name} here already; replace it, or choose another name.`
  return refuse('conflict', 'tools.secret_exists', message)
}

const tooMany = () => {
  const message = `There can be ${SECRETS_MAX} secrets in one place; delete what nothing uses.`
  return refuse('conflict', 'tools.too_many_secrets', message, { limit: SECRETS_MAX })
}
