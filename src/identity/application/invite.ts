import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorId, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Moment, ProjectKey, RoleKey } from '../contract.ts'
import type { InvitationGives } from '../domain/link.ts'
import { invitationMail } from '../domain/mail.ts'
import { InvitationMade, InvitationWithdrawn } from '../events.ts'
import { grantsOf } from './accept-invitation.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import { issueLink, putAside } from './issue-link.ts'
import { momentOf, projectIds, projectKeys } from './names.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

const InProject = z.strictObject({ project: ProjectKey, role: RoleKey.default('developer') })

/** Invites a person by a link, which goes by mail where there is mail. */
export const invitePerson = operation<SignInNeeds>()({
  name: 'identity.invite_person',
  about: 'Invite a person. The link is shown once, and mailed where mail is set up: seven days.',
  input: z.strictObject({
    email: z.email().max(254),
    role: RoleKey.default('member'),
    projects: z.array(InProject).max(20).default([]).describe('Roles in single projects'),
  }),
  output: z.object({
    id: z.uuid(),
    email: z.string(),
    link: z.string(),
    mailed: z.boolean(),
    expiresAt: Moment,
  }),
  access: 'member:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  limit: 'invite',
  secret: true,
  http: 'POST /invitations',
  mcp: null,
  say: ({ email, link, mailed }) =>
    `${email} was invited${mailed ? ' by mail' : ''}. The link, shown once: ${link}`,
  async ahead({ email }, { site }) {
    if (site.mailer) await site.countMail(email)
    return { mailed: site.mailer !== null }
  },
  async run({ email, role, projects: inProjects }, needs) {
    const { accounts, links, grants, projects, call, emit, ahead } = needs
    if (await accounts.byEmail(email)) throw memberAlready()
    const keys = inProjects.map(({ project }) => project)
    const ids = await projectIds(projects, keys)
    const given = inProjects.map((one, at) => ({ projectId: ids[at] ?? '', role: one.role }))
    const gives: InvitationGives = { role, projects: given, mailed: ahead.mailed }
    refuseMoreThanHeld(await holderOf(grants, call), await grantsOf(needs, gives))
    await links.withdrawAll({ purpose: 'invite', email }, call.now)
    const about = { purpose: 'invite', principalId: null, epoch: null } as const
    const { link, text } = await issueLink(needs, { ...about, email, gives })
    if (ahead.mailed) await putAside(needs, invitationMail(email, text))
    const { id, expiresAt } = link
    emit(
      InvitationMade(
        { linkId: id, role, projects: given, expiresAt, mailed: ahead.mailed },
        { personal: { email } },
      ),
    )
    return { id, email, link: text, mailed: ahead.mailed, expiresAt: momentOf(expiresAt) }
  },
})

const memberAlready = () => {
  const message = 'Somebody here has this address already; give them a role instead.'
  return refuse('conflict', 'identity.email_taken', message, { field: 'email' })
}

/** Lists invitations that nobody has accepted yet. */
export const listInvitations = operation<SignInNeeds>()({
  name: 'identity.list_invitations',
  about: 'List the invitations that are still open.',
  input: z.strictObject({
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.uuid(),
        email: z.string(),
        role: z.string(),
        projects: z.array(z.object({ project: ProjectKey, role: z.string() })),
        inviter: z.string().nullable(),
        createdAt: Moment,
        expiresAt: Moment,
      }),
    ),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'member:write',
  orgWide: true,
  effect: 'read',
  http: 'GET /invitations',
  mcp: null,
  say: ({ items }) =>
    items.map(({ id, email, role }) => `${id} ${email} ${role}`).join('\n') || 'Nobody is invited.',
  async run({ limit, cursor }, { links, projects, call }) {
    const after = cursor === undefined ? null : cursorId(cursor)
    const found = await links.invitations({ now: call.now, after, limit: limit + 1 })
    const page = found.rows.slice(0, limit)
    const keyOf = await projectKeys(
      projects,
      page.flatMap(({ gives }) => gives.projects.map(({ projectId }) => projectId)),
    )
    const items = page.map(({ id, email, gives, inviter, createdAt, expiresAt }) => ({
      ...{ id, email: email ?? '', role: gives.role, inviter },
      projects: gives.projects.flatMap(({ projectId, role }) => {
        const project = keyOf.get(projectId)
        return project === undefined ? [] : [{ project, role }]
      }),
      createdAt: momentOf(createdAt),
      expiresAt: momentOf(expiresAt),
    }))
    const last = page.at(-1)
    const isMore = found.rows.length > limit
    return { items, total: found.total, next: isMore && last ? cursorOf([last.id]) : null }
  },
})

/** Takes an invitation back. */
export const withdrawInvitation = operation<SignInNeeds>()({
  name: 'identity.withdraw_invitation',
  about: 'Take an invitation back; its link is good for nothing any more.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid() }),
  access: 'member:write',
  orgWide: true,
  effect: 'write',
  http: 'POST /invitations/:id/withdraw',
  mcp: null,
  say: () => 'The invitation is taken back.',
  async run({ id }, { links, call, emit }) {
    const link = await links.get(id)
    if (link?.purpose !== 'invite') throw notFound('This invitation')
    if (await links.withdraw(id, call.now)) emit(InvitationWithdrawn({ linkId: id }))
    return { id }
  },
})
