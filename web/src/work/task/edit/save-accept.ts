import type { Task } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import type { Hall } from '../../../live/hall.ts'
import { whyOf } from '../../../live/own/why-of.ts'
import { type AcceptChange, acceptLines, changedAccept } from './accept.ts'
import { isStale, sendTask } from './save-task.ts'

const isTask = shape<Task>('key', 'version', 'accept')
const ATTEMPTS_MAX = 5

// One change of a list after another: each is made on the list as the one before has left it.
const turns = new Map<string, Promise<unknown>>()

/** Changes the acceptance list of a task: shows it at once, and keeps what others change in it. */
export const saveAccept = async (hall: Hall, task: Task, change: AcceptChange): Promise<void> => {
  const { key } = task
  const lift = hall.details.lay(key, { accept: changedAccept(task.accept, change) })
  const before = turns.get(key) ?? Promise.resolve()
  const turn = before.then(() => sendChange(hall, key, change))
  const settled = turn.catch(() => {})
  turns.set(key, settled)
  try {
    await turn
    await hall.details.confirm(key)
  } catch (thrown) {
    hall.notices.show('bad', whyOf(thrown))
  } finally {
    lift()
    if (turns.get(key) === settled) turns.delete(key)
  }
}

const sendChange = async ({ api, store }: Hall, key: string, change: AcceptChange) => {
  for (let attempt = 1; ; attempt++) {
    const fresh = await api.read(`/tasks/${key}`, isTask)
    const accept = changedAccept(fresh.accept, change)
    if (accept === fresh.accept) return
    try {
      const fields = { accept: acceptLines(accept) }
      store.take(await sendTask(api, { key, fields, version: fresh.version }))
      return
    } catch (thrown) {
      if (!isStale(thrown) || attempt >= ATTEMPTS_MAX) throw thrown
    }
  }
}
