import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn, PermissionWord, PlaceWord, RoleKey, TeamKey } from '../contract.ts'
import { findPlace, scopeName } from './find-place.ts'
import { GRANT_TERMS, readCondition, readEnd, readHolds } from './grant-input.ts'
import { holderOf } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import { type GrantHolder, writeGrant } from './write-grant.ts'

/** Gives or denies a role or single permissions to a principal or a team. */
export const giveGrant = operation<IdentityNeeds>()({
  name: 'identity.give_grant',
  about: 'Give or deny a role or single permissions to somebody or to a team, in one place.',
  input: z.strictObject({
    principal: HandleIn.optional().describe('Who gets it; or name a team'),
    team: TeamKey.optional().describe('The team that gets it'),
    role: RoleKey.optional(),
    permissions: z.array(PermissionWord).min(1).max(200).optional(),
    on: PlaceWord.default('org').describe('Where: org, a team, GH, or GH/docs'),
    ...GRANT_TERMS,
  }),
  output: z.object({
    principal: Handle.nullable(),
    team: z.string().nullable(),
    role: z.string().nullable(),
    permissions: z.array(z.string()).nullable(),
    effect: z.enum(['allow', 'deny']),
    on: z.string(),
  }),
  access: 'grant:write',
  effect: 'write',
  fresh: true,
  http: 'POST /grants',
  mcp: null,
  scope: ({ on }) => [scopeName(on)],
  say: ({ principal, team, role, permissions, effect, on }) => {
    const what = role ?? permissions?.join(', ') ?? ''
    return `${principal ? `@${principal}` : team}: ${effect} ${what} on ${on}`
  },
  async run({ principal, team, role: key, permissions, on, effect, ...more }, needs) {
    const { grants, call } = needs
    if ((key === undefined) === (permissions === undefined)) throw eitherOr('role', 'permissions')
    const holder = await findHolder(needs, { principal, team })
    const at = await findPlace(needs, call.actor.orgId, on)
    const giver = await holderOf(grants, call)
    const role = key === undefined ? null : await grants.role(key)
    const words = [...new Set(permissions ?? [])]
    const holds = role?.holds ?? readHolds({ permissions: words })
    const condition = readCondition(more)
    const expiresAt = readEnd(more)
    await writeGrant({ ...needs, giver }, { holder, effect, role, holds, at, condition, expiresAt })
    const named = { principal: principal ?? null, team: team ?? null }
    return { ...named, role: key ?? null, permissions: role ? null : words, effect, on }
  },
})

const findHolder = async (
  { principals, teams }: Pick<IdentityNeeds, 'principals' | 'teams'>,
  { principal, team }: Readonly<{ principal?: string | undefined; team?: string | undefined }>,
): Promise<GrantHolder> => {
  if ((principal === undefined) === (team === undefined)) throw eitherOr('principal', 'team')
  if (principal !== undefined) {
    return { kind: 'principal', principal: await principals.get(principal) }
  }
  return { kind: 'team', team: await teams.get(team ?? '') }
}

const eitherOr = (one: string, other: string) => {
  const message = `Name either ${one} or ${other}, not both and not neither.`
  return refuse('invalid', 'identity.either_or', message, { fields: [one, other] })
}
