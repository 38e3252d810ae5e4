import type { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { badPaths } from '../domain/webhook-template.ts'
import type { Rule, WebhookNeeds } from './webhook-ports.ts'
import type { RuleInput } from './webhook-views.ts'

type Needs = Pick<WebhookNeeds, 'projects'> & Pick<Words, 'may'>

/**
 * Reads a rule as it is given. It may make only what whoever gives it may make, and a webhook of a
 * project makes tasks of that project only.
 */
export const readRule = async (
  { projects, may }: Needs,
  given: z.output<typeof RuleInput>,
  hookProjectId: string | null,
): Promise<Rule> => {
  const { project, title, body = null, type = null, labels = [], when = [], dedupe = null } = given
  const projectId = await projects.idOf(project)
  if (projectId === null) throw notFound(project)
  if (hookProjectId !== null && hookProjectId !== projectId) throw otherProject()
  for (const permission of ['task:write', 'comment:write'] as const) {
    if (!may(permission, projectId)) throw notAllowed(project, permission)
  }
  const bad = badPaths(`${title} ${body ?? ''}`)[0]
  if (bad !== undefined) throw badPath(bad)
  const conditions = when.map(({ path, equals, in: allowed }) => ({
    path,
    in: allowed ?? (equals === undefined ? [] : [equals]),
  }))
  return { projectId, title, body, type, labels, when: conditions, sameAs: dedupe }
}

const otherProject = () => {
  const message = 'A webhook of a project makes tasks of that project only; leave the other out.'
  return refuse('invalid', 'tools.webhook_rule_elsewhere', message, { field: 'rule.project' })
}

const notAllowed = (project: string, needs: string) => {
  const message = `You may not let tasks be made in ${project}: it needs ${needs}.`
  return refuse('forbidden', 'tools.webhook_rule_not_allowed', message, { needs, scope: project })
}

const badPath = (path: string) => {
  const message = `"${path}" is no path into a body; write {{issue.title}} or {{items.0.name}}.`
  return refuse('invalid', 'tools.webhook_path_wrong', message, { field: 'rule' })
}
