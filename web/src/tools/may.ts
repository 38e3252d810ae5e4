import type { Me } from '../live/own/rights.ts'

/** Tells whether the person holds a permission in the organisation. */
export const mayHere = (me: Me | null, permission: string): boolean =>
  me?.permissions.includes(permission) === true

/** Tells whether the person holds a permission anywhere. */
export const mayAnywhere = (me: Me | null, permission: string): boolean =>
  mayHere(me, permission) ||
  me?.projects.some(({ permissions }) => permissions.includes(permission)) === true
