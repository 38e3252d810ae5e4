import type { Principal } from './principal.ts'

/** How somebody is called whose personal data were erased. */
export const FORMER_NAME = 'Former member'

/** Bytes of chance in the handle of a former member. */
export const FORMER_BYTES = 3

const FORMER = /^former-[0-9a-f]{6}$/

/** Makes the handle that takes the place of a person's own. */
export const formerHandle = (chance: Uint8Array): string =>
  `former-${Array.from(chance, (byte) => byte.toString(16).padStart(2, '0')).join('')}`

/**
 * Decides what is left of a person: nobody who gets in, under a handle that says nothing. The same
 * object means that this was done before.
 */
export const decideRemoval = (person: Principal, handle: string): Principal => {
  const isDone = person.status === 'removed' && FORMER.test(person.handle)
  if (isDone) return person
  return {
    ...person,
    handle,
    status: 'removed',
    skills: [],
    seatLimit: null,
    epoch: person.epoch + 1,
    version: person.version + 1,
  }
}
