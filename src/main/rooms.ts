import { contextApi, contextRoom } from '../context/room.ts'
import { identityApi, identityRoom } from '../identity/room.ts'
import type { Migrations } from '../platform/migrate.ts'
import type { Room } from '../platform/room.ts'
import { workApi, workPlaces, workRoom } from '../work/room.ts'

/** Makes every room of the house, in the order in which their schemas are made. */
export const rooms = (): readonly Room[] => [
  identityRoom({ work: workApi }),
  workRoom({ identity: identityApi, contexts: contextApi() }),
  contextRoom({ places: workPlaces, people: identityApi }),
]

/** Where the schemas of ground and rooms come from, in their order. */
export const migrationsOf = (all: readonly Room[]): readonly Migrations[] => [
  { room: 'platform', folder: new URL('../platform/migrations/', import.meta.url) },
  ...all.map(({ name, migrations }) => ({ room: name, folder: migrations })),
]
