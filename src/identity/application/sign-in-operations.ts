import type { AnyOperation } from '../../kernel/operation.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changePassword, changeProfile } from './change-account.ts'
import { confirmFactor } from './confirm-factor.ts'
import { invitePerson, listInvitations, withdrawInvitation } from './invite.ts'
import { issueBackupCodes, listFactors } from './issue-backup-codes.ts'
import { listSessions, revokeSession } from './list-sessions.ts'
import { askPasskeyFactor, askPasskeySignIn, signInWithPasskey } from './passkey-sign-in.ts'
import { refreshSignIn } from './refresh-sign-in.ts'
import { askPasskey, registerPasskey, removePasskey } from './register-passkey.ts'
import { recoverOwner } from './recover-owner.ts'
import { resetFactors } from './reset-factors.ts'
import { askReset, issueReset, resetPassword } from './reset-password.ts'
import { forgetSignIns, sendMails } from './send-mails.ts'
import { confirmTotp, removeTotp, startTotp } from './set-up-totp.ts'
import { setUpOwner } from './set-up-owner.ts'
import { createSignInLink, lookAtLink, useSignInLink } from './sign-in-link.ts'
import { getSignInSettings, setSignInSettings } from './sign-in-settings.ts'
import { signIn } from './sign-in.ts'
import { endSessions, signOut, signOutEverywhere } from './sign-out.ts'
import { askEmailCheck, verifyEmail } from './verify-email.ts'

/** Lists how people sign in and look after their accounts, in the order of the reference. */
export const SIGN_IN_OPERATIONS: readonly AnyOperation[] = [
  setUpOwner,
  signIn,
  confirmFactor,
  refreshSignIn,
  signOut,
  signOutEverywhere,
  listSessions,
  revokeSession,
  endSessions,
  changePassword,
  changeProfile,
  listFactors,
  startTotp,
  confirmTotp,
  removeTotp,
  issueBackupCodes,
  askPasskey,
  registerPasskey,
  removePasskey,
  askPasskeySignIn,
  signInWithPasskey,
  askPasskeyFactor,
  resetFactors,
  getSignInSettings,
  setSignInSettings,
  invitePerson,
  listInvitations,
  withdrawInvitation,
  lookAtLink,
  acceptInvitation,
  issueReset,
  askReset,
  resetPassword,
  askEmailCheck,
  verifyEmail,
  createSignInLink,
  useSignInLink,
  sendMails,
  forgetSignIns,
  recoverOwner,
]
