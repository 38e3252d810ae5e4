import type { AnyOperation } from '../../kernel/operation.ts'
import { getConsent } from './get-consent.ts'
import { giveConsent } from './give-consent.ts'
import { listConsents } from './list-consents.ts'
import { openConsent, takeConsent } from './open-consent.ts'
import { refuseConsent } from './refuse-consent.ts'
import { endConsent, forgetOauth, revokeConsent } from './revoke-consent.ts'

/** The operations about programs that people allow to act. */
export const OAUTH_OPERATIONS: readonly AnyOperation[] = [
  getConsent,
  giveConsent,
  refuseConsent,
  listConsents,
  revokeConsent,
  openConsent,
  takeConsent,
  endConsent,
  forgetOauth,
]
