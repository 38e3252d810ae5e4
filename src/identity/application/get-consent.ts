import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { isOauthScope } from '../domain/scope.ts'
import { projectKeys } from './names.ts'
import type { ConsentRequest } from './oauth-ports.ts'
import { clientHost, redirectPlace, wordsOfScope } from './oauth-words.ts'
import { ConsentRequestView, Uid } from './oauth-views.ts'
import { goPath, openRequest } from './open-request.ts'
import type { IdentityNeeds } from './ports.ts'

/** Shows the request for access that lies before the caller's browser. */
export const getConsent = operation<IdentityNeeds>()({
  name: 'identity.get_consent',
  about: 'Show which program asks for what, and which of your agents it could act as.',
  input: z.strictObject({ uid: Uid }),
  output: ConsentRequestView,
  access: null,
  effect: 'read',
  http: 'GET /oauth/consents/:uid',
  mcp: null,
  async run({ uid }, needs) {
    const { consents, call } = needs
    const request = await openRequest(consents, uid, call)
    const { kind, clientId, clientName, redirectUri, resource } = request
    const redirect = redirectUri === null ? null : redirectPlace(redirectUri)
    const agents = resource === 'mcp' ? await agentsOf(needs, request) : []
    const last = resource === 'mcp' ? await consents.lastAgent(request.personId, clientId) : null
    return {
      uid,
      kind,
      client: { name: clientName, id: clientId, host: clientHost(clientId) },
      redirect,
      warning: warningOf(request, redirect),
      resource,
      scopes: request.scopes
        .filter(isOauthScope)
        .map((scope) => ({ scope, words: wordsOfScope(scope) })),
      agents: agents.map(({ handle, projects }) => ({ handle, projects })),
      suggested: agents.find(({ id }) => id === last)?.handle ?? null,
      next: goPath(uid),
    }
  },
})

const agentsOf = async (
  { consents, grants, projects }: IdentityNeeds,
  { personId }: ConsentRequest,
) => {
  const agents = await consents.agentsOf(personId)
  const given = await grants.of(agents.map(({ id }) => id))
  const ids = given.flatMap(({ projectId }) => projectId ?? [])
  const keyOf = await projectKeys(projects, ids)
  return agents.map(({ id, handle }) => {
    const own = given.filter(({ principalId }) => principalId === id)
    const keys = own.flatMap(({ projectId }) => keyOf.get(projectId ?? '') ?? [])
    return { id, handle, projects: [...new Set(keys)].sort() }
  })
}

const warningOf = (
  { kind, clientId }: ConsentRequest,
  redirect: Readonly<{ isLocal: boolean }> | null,
): string | null => {
  if (kind === 'device') {
    return 'Go on only if you started this yourself and see the same code on the other screen.'
  }
  if (!redirect?.isLocal) return null
  const host = clientHost(clientId) ?? 'its maker'
  return (
    'The answer goes to a program on the computer of this browser. Any program there can say it ' +
    `is the one of ${host}: go on only if you have just started it.`
  )
}
