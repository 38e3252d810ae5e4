import { readDiscovery, versionUnknown } from './envelope.ts'
import type { LineAbout } from './line.ts'
import { LineFailure, UpstreamFault } from './line.ts'
import type { ModernGround } from './modern-http-line.ts'
import { askModern } from './modern-http-line.ts'
import { CODES, isJson, MODERN_VERSION } from './words.ts'

const ATTEMPTS_MAX = 2

/**
 * Asks a server whether it is of the modern era; null means that it is not. Throws where nothing
 * can be concluded: no credential, a failing server and a broken network are no evidence.
 */
export const discover = async (
  ground: ModernGround,
  probe: Readonly<{ handshakeMs: number; signal: AbortSignal }>,
): Promise<LineAbout | null> => {
  const { handshakeMs, signal } = probe
  const asked = {
    method: 'server/discover',
    params: {},
    capabilities: {},
    timeoutMs: handshakeMs,
    signal,
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return readDiscovery(await askModern(ground, { id: attempt, asked }))
    } catch (error) {
      const versions = refusedVersions(error)
      // A server may refuse the revision and name it in the same breath: asked once more.
      if (versions.includes(MODERN_VERSION) && attempt < ATTEMPTS_MAX) continue
      if (versions.some((version) => version > MODERN_VERSION)) throw versionUnknown(versions)
      if (isOldAnswer(error)) return null
      throw error
    }
  }
}

/** Tells whether a failed handshake of the legacy era may be due to a server of the modern one. */
export const mayBeModern = (error: unknown): boolean => isOldAnswer(error)

/** Gives the revisions that a server names when it refuses ours. */
const refusedVersions = (error: unknown): readonly string[] => {
  if (!(error instanceof UpstreamFault) || error.code !== CODES.version) return []
  const supported: unknown = isJson(error.data) ? error.data['supported'] : null
  if (!Array.isArray(supported)) return []
  return supported.filter((version: unknown) => typeof version === 'string')
}

// Servers of the old era answer the unknown method in many ways: an error of JSON-RPC, or a status
// with or without words, because no session came along.
const isOldAnswer = (error: unknown): boolean => {
  if (error instanceof UpstreamFault) return true
  if (!(error instanceof LineFailure)) return false
  const status = error.status ?? 0
  return status >= 400 && status < 500 && (error.kind === 'away' || error.kind === 'malformed')
}
