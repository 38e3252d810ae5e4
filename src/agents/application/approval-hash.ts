import { createHash } from 'node:crypto'
import { canonical } from '../../kernel/canonical.ts'
import type { Hashed } from '../contract.ts'

/**
 * Hashes what an approval covers. Whatever of it changes, the hash does: another organisation,
 * run, effect, tool, definition, argument or policy needs another approval (A3).
 */
export const approvalHash = (orgId: string, { kind, bound, policyVersion }: Hashed): string => {
  const { run, effectKey, tool, definitionSha256, args } = bound
  const covered = {
    ...{ org: orgId, run, effectKey, kind, tool, definitionSha256 },
    ...{ args, policyVersion },
  }
  return createHash('sha256').update(canonical(covered)).digest('hex')
}
