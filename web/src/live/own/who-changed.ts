import type { Api } from '../api.ts'
import { shape } from '../api.ts'

const isHappenings = shape<{ items: readonly Readonly<{ actor: string | null }>[] }>('items')

/** Tells who changed a task last, as a sentence calls them. */
export const whoChanged = async (
  api: Api,
  { task, me }: Readonly<{ task: string; me: string | undefined }>,
): Promise<string | null> => {
  const { items } = await api.read(`/tasks/${task}/events?limit=1`, isHappenings)
  const actor = items[0]?.actor ?? null
  if (actor === null) return null
  return actor === me ? 'you' : `@${actor}`
}
