import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { ProjectKey, ProjectView } from '../contract.ts'
import { ProjectChanged } from '../events.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** The branch every project has. */
const MAIN = 'main'

/** A branch's name: a word, or words with slashes between. */
export const BranchName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, {
  error: 'is a branch such as main or auth/login',
})

type Wish = Readonly<{
  project: string
  name: string
  rename?: string | undefined
  archived?: boolean | undefined
}>

/** Makes a branch, renames it, or puts it away. */
export const saveBranch = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.save_branch',
  about: 'Create a branch of a project, rename it, or archive it.',
  input: z.strictObject({
    project: ProjectKey,
    name: BranchName,
    rename: BranchName.optional(),
    archived: z.boolean().optional(),
  }),
  output: ProjectView,
  access: 'branch:write',
  effect: 'write',
  http: 'POST /projects/:project/branches',
  mcp: null, // agents add one with project save
  scope: ({ project }) => [project],
  say: ({ key, branches }) => `${key} branches: ${branches.join(', ')}`,
  async run(input, words) {
    await saveBranchOf(words, input)
    return words.projects.view(input.project)
  },
})

/** Writes a branch of a project and the event that tells of it. */
export const saveBranchOf = async (
  { projectChanges, call, emit }: WorkNeeds & BoardNeeds & Words,
  { project: wanted, name, rename, archived }: Wish,
): Promise<void> => {
  const project = await projectChanges.lock(wanted)
  const branch = await projectChanges.branch(project.id, name)
  if (branch === null) {
    if (rename !== undefined || archived) throw notFound(`${project.key}/${name}`)
    await projectChanges.addBranch({ id: call.newId(), projectId: project.id, name, now: call.now })
  } else {
    const away = archived ?? false
    const next = rename ?? name
    if (next === name && away === branch.archived) return
    if (away || next !== name) checkChange(branch, { away, next })
    const taken = next === name ? null : await projectChanges.branch(project.id, next)
    if (taken) {
      const message = `${project.key} has a branch ${next} already; choose another name.`
      throw refuse('conflict', 'work.branch_taken', message, { branch: next })
    }
    const archivedAt = away ? call.now : null
    await projectChanges.saveBranch({ id: branch.id, name: next, archivedAt })
  }
  const version = await projectChanges.touch(project.id)
  const about = { projectId: project.id, key: project.key, version, what: 'branches' } as const
  emit(ProjectChanged(about, { content: { name: project.name } }))
}

const checkChange = (
  { name, open }: Readonly<{ name: string; open: number }>,
  { away, next }: Readonly<{ away: boolean; next: string }>,
): void => {
  if (name === MAIN) {
    const message = `Every project has the branch ${MAIN}; it stays as it is.`
    throw refuse('conflict', 'work.branch_main', message, { branch: next })
  }
  if (!away || open === 0) return
  const message = `${name} has ${open} open tasks; finish them, or move them to another branch.`
  throw refuse('conflict', 'work.branch_not_empty', message, { open })
}
