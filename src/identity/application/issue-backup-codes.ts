import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import {
  BACKUP_CODE_BYTES,
  BACKUP_CODES,
  backupCode,
  formatBackupCode,
} from '../domain/backup-code.ts'
import { SecondFactorWord } from './sign-in-settings.ts'
import { afterFactorChange } from './change-factors.ts'
import { currentSession, lockedSession } from './current-session.ts'
import { Moment } from '../contract.ts'
import { momentOf } from './names.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { factorsOf, isAdminHere, SignedInView } from './start-session.ts'

/** Makes ten backup codes; those of before are over. */
export const issueBackupCodes = operation<SignInNeeds>()({
  name: 'identity.issue_backup_codes',
  about: 'Make ten codes for the day your second factor is gone. Shown once; older ones end.',
  input: z.strictObject({}),
  output: SignedInView.extend({ codes: z.array(z.string()) }),
  access: null,
  effect: 'write',
  fresh: true,
  session: true,
  secret: true,
  http: 'POST /me/backup-codes',
  mcp: null,
  say: ({ codes }) => `Your backup codes, shown once:\n${codes.join('\n')}`,
  async ahead(_, needs) {
    const { hasher, call } = needs
    const { account } = await currentSession(needs)
    if (!(await factorsOf(needs, account.id)).hasFactor) throw factorMissing()
    const codes = Array.from({ length: BACKUP_CODES }, (_, slot) =>
      backupCode(slot, call.random(new Uint8Array(BACKUP_CODE_BYTES))),
    )
    const phcs: string[] = []
    // One after the other: they are ten, and others want to sign in meanwhile.
    for (const { secret } of codes) phcs.push(await hasher.hash(secret))
    return { codes, phcs }
  },
  async run(_, needs) {
    const { factors, ahead } = needs
    const current = await lockedSession(needs)
    if (!(await factorsOf(needs, current.account.id)).hasFactor) throw factorMissing()
    await factors.replaceCodes(current.account.id, ahead.phcs)
    const change = { what: 'added', factor: 'backup_codes', amr: [] } as const
    const started = await afterFactorChange(needs, current, change)
    return { ...started, codes: ahead.codes.map(formatBackupCode) }
  },
})

const factorMissing = () => {
  const message = 'Set up a generator or a passkey first; backup codes stand in for one.'
  return refuse('conflict', 'identity.factor_missing', message)
}

/** Shows how the caller signs in. */
export const listFactors = operation<SignInNeeds>()({
  name: 'identity.list_factors',
  about: 'Show how you sign in: password, generator, passkeys, backup codes.',
  input: z.strictObject({}),
  output: z.object({
    password: z.boolean(),
    totp: z.boolean(),
    passkeys: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        createdAt: Moment,
        lastUsedAt: Moment.nullable(),
      }),
    ),
    backupCodesLeft: z.int(),
    /** Who has to have a second factor, and whether the caller is among them. */
    secondFactor: SecondFactorWord,
    isNeeded: z.boolean(),
  }),
  access: null,
  effect: 'read',
  stages: ['factor', 'enrol'],
  http: 'GET /me/factors',
  mcp: null,
  async run(_, needs) {
    const { accounts, factors, passkeys, signInSettings, call } = needs
    const { id } = call.actor
    const [account, totp, keys, left, { secondFactor }, isAdmin] = await Promise.all([
      accounts.get(id),
      factors.hasTotp(id),
      passkeys.listOf(id),
      factors.codesLeft(id),
      signInSettings.read(),
      isAdminHere(needs, id),
    ])
    return {
      ...{
        password: account !== null && account.phc !== null,
        totp,
        backupCodesLeft: left,
        secondFactor,
      },
      isNeeded: secondFactor === 'required' || (secondFactor === 'admins' && isAdmin),
      passkeys: keys.map((key) => ({
        ...{ id: key.id, name: key.name, createdAt: momentOf(key.createdAt) },
        lastUsedAt: key.lastUsedAt === null ? null : momentOf(key.lastUsedAt),
      })),
    }
  },
})
