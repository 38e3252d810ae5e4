import type { Change } from './choices.ts'

/** Takes cards off the board; an open one is canceled by it. */
export const archiveChange: Change = {
  fields: () => ({ archived: true }),
  shown: () => ({ archived: true }),
  back: ({ column }) => ({ archived: false, status: column }),
  said: 'archived',
}
