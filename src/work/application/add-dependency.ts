import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { DependencyKind, TaskKey } from '../contract.ts'
import type { WorkNeeds } from './ports.ts'
import { saveItems } from './save-items.ts'
import type { SaveNeeds } from './save-ports.ts'

const LinkAnswer = z.object({
  key: z.string(),
  to: z.string(),
  kind: DependencyKind,
  changed: z.boolean(),
})

/** Lets a task depend on another; only `blocks` makes it wait. */
export const addDependency = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.add_dependency',
  about: 'Let a task depend on another. Kind blocks (the default) makes it wait.',
  input: z.strictObject({ key: TaskKey, to: TaskKey, kind: DependencyKind.default('blocks') }),
  output: LinkAnswer,
  access: 'task:write',
  effect: 'write',
  http: 'POST /tasks/:key/dependencies',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, to, kind }) => `${key} ${kind === 'blocks' ? '<-' : kind} ${to}`,
  async run({ key, to, kind }, words) {
    const { changed } = await saveItems(words, {
      items: [{ id: key, depends_on: [`+${kind}:${to}`] }],
      project: null,
      dryRun: false,
      place: () => (field) => (field === 'depends_on' ? 'to' : field),
    })
    return { key, to, kind, changed: changed.length > 0 }
  },
})

/** Takes a dependency away; what was held by it alone becomes ready. */
export const removeDependency = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.remove_dependency',
  about: 'Take a dependency of a task away.',
  input: z.strictObject({ key: TaskKey, to: TaskKey, kind: DependencyKind.default('blocks') }),
  output: LinkAnswer,
  access: 'task:write',
  effect: 'write',
  http: 'DELETE /tasks/:key/dependencies/:to',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, to, changed }) =>
    changed ? `${key} no longer depends on ${to}` : `${key} did not depend on ${to}`,
  async run({ key, to, kind }, words) {
    const { changed } = await saveItems(words, {
      items: [{ id: key, depends_on: [`-${kind}:${to}`] }],
      project: null,
      dryRun: false,
      place: () => (field) => (field === 'depends_on' ? 'to' : field),
    })
    return { key, to, kind, changed: changed.length > 0 }
  },
})
