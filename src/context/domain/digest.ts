import { canonical } from '../../kernel/canonical.ts'
import type { Json } from './json.ts'

/** Length of a context digest: enough to tell a reader's last text from this one. */
export const DIGEST_CHARS = 6

/** Gives the SHA-256 of a text in lower-case hex; handed in, because the domain has no crypto. */
export type Sha256 = (text: string) => string

/** Makes the digest of what global, project and branch tier say together; task tiers stay out. */
export const contextDigest = (shared: Json, sha256: Sha256): string =>
  sha256(canonical(shared)).slice(0, DIGEST_CHARS)

/** Tells whether a client's `have` (with or without `@`) is this digest. */
export const hasDigest = (have: string | undefined, digest: string): boolean =>
  have !== undefined && have.replace(/^@/, '').toLowerCase() === digest
