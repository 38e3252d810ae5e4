import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { TeamKey } from '../contract.ts'
import { refuseTakenWord } from '../domain/team.ts'
import { scopeName } from './find-place.ts'
import { guardTeamGrants } from './guard-team.ts'
import { TeamChanged, TeamCreated, TeamDeleted } from './permission-events.ts'
import type { IdentityNeeds } from './ports.ts'

const TeamName = z.string().trim().min(1).max(80)
const TeamView = z.object({ key: TeamKey, name: z.string(), version: z.int() })

/** Makes a team: empty, without rights. */
export const createTeam = operation<IdentityNeeds>()({
  name: 'identity.create_team',
  about: 'Create a team. Members have what is granted to it; its projects what is granted on it.',
  input: z.strictObject({ key: TeamKey, name: TeamName.optional() }),
  output: TeamView,
  access: 'team:write',
  orgWide: true,
  effect: 'write',
  http: 'POST /teams',
  mcp: null,
  say: ({ key }) => `There is a team ${key}.`,
  async run({ key, name = key }, { teams, call, emit }) {
    refuseTakenWord(key)
    const id = call.newId<'team'>()
    await teams.add({ id, key, name, version: 1 }, call.now)
    emit(TeamCreated({ teamId: id, key, version: 1 }, { content: { name } }))
    return { key, name, version: 1 }
  },
})

/** Gives a team another name or key; its members, projects and grants stay. */
export const renameTeam = operation<IdentityNeeds>()({
  name: 'identity.rename_team',
  about: 'Give a team another name or key.',
  input: z.strictObject({
    team: TeamKey,
    key: TeamKey.optional().describe('Its new key'),
    name: TeamName.optional(),
  }),
  output: TeamView,
  access: 'team:write',
  effect: 'write',
  http: 'PATCH /teams/:team',
  mcp: null,
  scope: ({ team }) => [scopeName(team)],
  say: ({ key, name }) => `The team is ${key}, ${name}.`,
  async run({ team, key, name }, { teams, emit }) {
    const before = await teams.get(team)
    const wanted = { key: key ?? before.key, name: name ?? before.name }
    if (wanted.key === before.key && wanted.name === before.name) return before
    refuseTakenWord(wanted.key)
    const after = { ...before, ...wanted, version: before.version + 1 }
    await teams.save(after)
    const change = { key: { from: before.key, to: after.key }, version: after.version }
    emit(TeamChanged({ teamId: after.id, ...change }, { content: { name: after.name } }))
    return after
  },
})

/** Deletes a team, and with it every grant it has or that holds in it. */
export const deleteTeam = operation<IdentityNeeds>()({
  name: 'identity.delete_team',
  about: 'Delete a team with every grant it has or that holds in it. Projects and people stay.',
  input: z.strictObject({ team: TeamKey }),
  output: z.object({ key: TeamKey }),
  access: 'team:write',
  effect: 'write',
  fresh: true,
  http: 'DELETE /teams/:team',
  mcp: null,
  scope: ({ team }) => [scopeName(team)],
  say: ({ key }) => `The team ${key} is gone.`,
  async run({ team }, needs) {
    const { teams, emit } = needs
    const found = await teams.get(team)
    // What it was denied is open again without it, so all that its grants say has to be held.
    await guardTeamGrants(needs, { teamId: found.id })
    await guardTeamGrants(needs, { inTeam: found.id })
    await teams.remove(found)
    emit(TeamDeleted({ teamId: found.id, key: team }))
    return { key: team }
  },
})
