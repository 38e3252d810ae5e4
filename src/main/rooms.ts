import { contextApi, contextRoom } from '../context/room.ts'
import { identityApi, identityRoom, identitySources } from '../identity/room.ts'
import { assert } from '../kernel/assert.ts'
import type { Migrations } from '../platform/migrate.ts'
import type { Room } from '../platform/room.ts'
import { signingKeySource } from '../platform/evidence/signing-key-source.ts'
import type { NamedSubject } from '../platform/subject.ts'
import { toolsRoom } from '../tools/room.ts'
import { workApi, workPlaces, workRoom } from '../work/room.ts'
import type { Fixtures } from './fixtures.ts'

/**
 * Makes every room of the house, in the order in which their schemas are made. Without fixtures
 * the rooms can be listed and their schemas made, but not everything in them runs.
 */
export const rooms = (fixtures?: Fixtures): readonly Room[] => {
  const all: readonly Room[] = makeRooms(fixtures, () =>
    all.map(({ name, subject }) => ({ room: name, subject })),
  )
  return all
}

const makeRooms = (
  fixtures: Fixtures | undefined,
  subjects: () => readonly NamedSubject[],
): readonly Room[] => [
  identityRoom({
    work: workApi,
    subjects,
    trust: () => fixtures?.trust() ?? null,
    journal: () => fixtures?.journal ?? null,
    ...(fixtures && {
      signIn: { ...fixtures.signIn, seal: fixtures.keyring },
      issuers: { fetch: fixtures.goOut, isPlain: fixtures.isPlain },
    }),
  }),
  workRoom({ identity: identityApi, contexts: contextApi() }),
  contextRoom({ places: workPlaces, people: identityApi }),
  toolsRoom({
    keyring() {
      assert(fixtures, 'a running hub has a keyring')
      return fixtures.keyring
    },
    scrubber: { remember: (secret, ms) => fixtures?.scrubber.remember(secret, ms) },
    work: workApi,
    sources: [...identitySources, signingKeySource],
  }),
]

/** Where the schemas of ground and rooms come from, in their order. */
export const migrationsOf = (all: readonly Room[]): readonly Migrations[] => [
  { room: 'platform', folder: new URL('../platform/migrations/', import.meta.url) },
  ...all.map(({ name, migrations }) => ({ room: name, folder: migrations })),
]
