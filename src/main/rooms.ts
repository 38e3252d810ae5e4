import { identityApi, identityRoom } from '../identity/room.ts'
import type { Migrations } from '../platform/migrate.ts'
import type { Room } from '../platform/room.ts'
import { workApi, workRoom } from '../work/room.ts'

/** Every room of the house, in the order in which their schemas are made. */
export const rooms = (): readonly Room[] => [
  identityRoom({ work: workApi }),
  workRoom({
    identity: identityApi,
    contexts: () => ({ brief: async () => '', hints: (_, told) => ({ lines: [], told }) }),
  }),
]

/** Where the schemas of ground and rooms come from, in their order. */
export const migrationsOf = (all: readonly Room[]): readonly Migrations[] => [
  { room: 'platform', folder: new URL('../platform/migrations/', import.meta.url) },
  ...all.map(({ name, migrations }) => ({ room: name, folder: migrations })),
]
