import type { WorkApi, WorkTasks } from '../../work/contract.ts'
import { notFound } from '../../kernel/refusal.ts'
import type { TaskMaker } from '../application/webhook-ports.ts'

/** Makes tasks in the room of work: a rule names its project by id, the room by key. */
export const taskMakerFrom = (tasks: WorkTasks, work: WorkApi): TaskMaker => ({
  async create({ projectId, type, ...wish }, words) {
    const project = (await work.projectKeys([projectId])).get(projectId)
    if (project === undefined) throw notFound('The project of the rule')
    const { key } = await tasks.create({ ...wish, project, ...(type !== null && { type }) }, words)
    return key
  },
  comment: (key, text, words) => tasks.comment(key, text, words),
})
