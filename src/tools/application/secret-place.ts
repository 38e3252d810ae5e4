import { notFound } from '../../kernel/refusal.ts'
import type { SecretRef } from '../contract.ts'
import type { StoredSecret, ToolsNeeds } from './ports.ts'

/** Names the place of a secret as an operation's input does: by the key of a project, or not. */
export const placeOf = ({ project }: Readonly<{ project?: string | undefined }>) =>
  project === undefined ? [] : [project]

/** Finds the id of the named project; `null`: the organisation. */
export const projectIdOf = async (
  { projects }: Pick<ToolsNeeds, 'projects'>,
  project: string | undefined,
): Promise<string | null> => {
  if (project === undefined) return null
  const id = await projects.idOf(project)
  if (id === null) throw notFound(project)
  return id
}

/** Finds how the input names a secret. */
export const refOf = async (
  needs: Pick<ToolsNeeds, 'projects'>,
  { name, project }: Readonly<{ name: string; project?: string | undefined }>,
): Promise<SecretRef> => ({ name, projectId: await projectIdOf(needs, project) })

const iso = (ms: number) => new Date(ms).toISOString()

/** Shows a secret: everything but its value. */
export const viewOf = (secret: StoredSecret, project: string | null) => ({
  ...{ name: secret.name, project, version: secret.version },
  ...{ last4: secret.last4, fingerprint: secret.fingerprint },
  createdAt: iso(secret.createdAt),
  replacedAt: secret.replacedAt === null ? null : iso(secret.replacedAt),
  usedAt: secret.usedAt === null ? null : iso(secret.usedAt),
})

/** Says a secret in one line, as agents read it. */
export const sayKept = (
  done: string,
  { name, version, last4 }: Readonly<{ name: string; version: number; last4: string | null }>,
): string => `${name} ${done}, version ${version}${last4 === null ? '' : `, ends in ${last4}`}`
