import { createHash } from 'node:crypto'
import type { Call } from '../../kernel/operation.ts'
import { formatKey, prefixOf, SECRET_BYTES } from '../domain/key.ts'
import type { PrincipalKind } from '../domain/principal.ts'

/** A fresh key: its text leaves once, the rest is kept. */
export type Minted = Readonly<{
  id: string
  text: string
  prefix: string
  secretSha256: Uint8Array
}>

/** Makes a key for a kind of principal of the organisation with this tag. */
export const mintKey = (
  { newId, random }: Pick<Call, 'newId' | 'random'>,
  { kind, tag }: Readonly<{ kind: PrincipalKind; tag: string }>,
): Minted => {
  const id = newId<'key'>()
  const secret = random(new Uint8Array(SECRET_BYTES))
  const text = formatKey({ kind, tag, id, secret })
  return { id, text, prefix: prefixOf(text), secretSha256: sha256(secret) }
}

/** Hashes a key's secret: 256 bits of chance need no slow hash. */
export const sha256 = (secret: Uint8Array): Uint8Array =>
  createHash('sha256').update(secret).digest()
