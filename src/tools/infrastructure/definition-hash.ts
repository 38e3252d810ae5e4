import { createHash } from 'node:crypto'
import { type Definition, hashOf } from '../domain/definition.ts'

/** Gives the SHA-256 of a text as lower-case hex digits. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Hashes a definition: the pin that an approval holds on to. */
export const definitionHash = (definition: Definition): string => hashOf(definition, sha256Hex)
