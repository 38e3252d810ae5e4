import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace, SecretTestView } from '../contract.ts'
import { SecretUsed } from '../events.ts'
import type { ToolsNeeds } from './ports.ts'
import { placeOf, refOf } from './secret-place.ts'

/** Opens a secret inside the hub and says whether that went well. */
export const testSecret = operation<ToolsNeeds>()({
  name: 'tools.test_secret',
  about: 'Tell whether a secret can still be opened and is the one that was stored.',
  input: z.strictObject({ name: SecretName, project: SecretPlace.optional() }),
  output: SecretTestView,
  access: 'secret:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /secrets/:name/test',
  mcp: null,
  scope: placeOf,
  say: ({ name, ok, version }) =>
    ok ? `${name} opens, version ${version}` : `${name} does not open: store it again`,
  async run({ name, project }, needs) {
    const { secrets, keys, emit } = needs
    const secret = await secrets.find(await refOf(needs, { name, project }))
    if (secret === null) throw notFound(name)
    const { id: secretId, projectId, version, fingerprint } = secret
    const used = { secretId, projectId, secretVersion: version, fingerprint, leaseId: null }
    emit(SecretUsed({ ...used, purpose: 'test' }))
    const ok = (await keys.test(secret)) === fingerprint
    return { name, project: project ?? null, version, ok, fingerprint }
  },
})
