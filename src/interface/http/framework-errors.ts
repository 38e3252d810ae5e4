import { Refusal } from '../../kernel/refusal.ts'
import { BODY_BYTES_MAX } from './body.ts'
import { mistake } from './problem.ts'

const KNOWN: Readonly<Record<string, () => Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    mistake('platform.body_too_large', 'The body is too large; send at most 1 MiB.', {
      bytesMax: BODY_BYTES_MAX,
    }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    mistake('platform.media_type_not_supported', 'Send the body as application/json.'),
  FST_ERR_BAD_URL: () => mistake('platform.address_not_valid', 'The path is not well-formed.'),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    mistake('platform.address_too_long', 'A part of the path is too long.'),
}

/** Translates what the web framework throws into our words; anything else stays what it is. */
export const inOurWords = (thrown: unknown): unknown => {
  if (thrown instanceof Refusal || !(thrown instanceof Error)) return thrown
  const code: unknown = Reflect.get(thrown, 'code')
  const known = typeof code === 'string' ? KNOWN[code] : undefined
  if (known !== undefined) return known()
  const status: unknown = Reflect.get(thrown, 'statusCode')
  // Broken lengths and connections that end within a body: theirs, not ours.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return mistake('platform.request_not_valid', 'The request did not arrive as it was announced.')
  }
  return thrown
}
