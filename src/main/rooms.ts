import { agentsApi, agentsRoom } from '../agents/room.ts'
import { contextApi, contextRoom } from '../context/room.ts'
import { identityApi, identityRoom, identitySources } from '../identity/room.ts'
import { clientTexts } from '../interface/agent-clients.ts'
import { assert } from '../kernel/assert.ts'
import type { Migrations } from '../platform/migrate.ts'
import type { Room } from '../platform/room.ts'
import { signingKeySource } from '../platform/evidence/signing-key-source.ts'
import { toolsRoom, type WebhookOthers } from '../tools/room.ts'
import { workApi, workPlaces, workRoom, workTasks } from '../work/room.ts'
import type { Fixtures } from './fixtures.ts'

/**
 * Makes every room of the house, in the order in which their schemas are made. Without fixtures
 * the rooms can be listed and their schemas made, but not everything in them runs.
 */
export const rooms = (fixtures?: Fixtures): readonly Room[] => {
  const all: readonly Room[] = makeRooms(fixtures, () => all)
  return all
}

const makeRooms = (
  fixtures: Fixtures | undefined,
  house: () => readonly Room[],
): readonly Room[] => [
  identityRoom({
    work: workApi,
    subjects: () => house().map(({ name, subject }) => ({ room: name, subject })),
    trust: () => fixtures?.trust() ?? null,
    journal: () => fixtures?.journal ?? null,
    limits() {
      assert(fixtures, 'a running hub has limits')
      return fixtures.limits
    },
    ...(fixtures && {
      signIn: { ...fixtures.signIn, seal: fixtures.keyring },
      issuers: { fetch: fixtures.goOut, isPlain: fixtures.isPlain },
    }),
  }),
  workRoom({ identity: identityApi, contexts: contextApi() }),
  contextRoom({ places: workPlaces, people: identityApi }),
  agentsRoom({
    people: identityApi,
    work: workApi,
    clients: clientTexts,
    machine() {
      assert(fixtures, 'a running hub stands on a machine')
      return fixtures.machine
    },
  }),
  toolsRoom({
    keyring() {
      assert(fixtures, 'a running hub has a keyring')
      return fixtures.keyring
    },
    scrubber: { remember: (secret, ms) => fixtures?.scrubber.remember(secret, ms) },
    work: workApi,
    hub() {
      assert(fixtures, 'a running hub has a hub of tools')
      return fixtures.tools
    },
    sources: [...identitySources, signingKeySource],
    webhooks: webhookOthers(fixtures, house),
  }),
]

/** What the hub of tools asks of other rooms. */
export const HUB_OTHERS = { agents: agentsApi, identity: identityApi, work: workApi }

/** Gives what webhooks take from the house; what runs is asked for when something runs. */
export const webhookOthers = (
  fixtures: Fixtures | undefined,
  house: () => readonly Room[],
): WebhookOthers => {
  const running = () => {
    assert(fixtures, 'a running hub has what webhooks stand on')
    return fixtures
  }
  return {
    keyring: () => running().keyring,
    scrubber: { remember: (secret, ms) => fixtures?.scrubber.remember(secret, ms) },
    work: workApi,
    identity: identityApi,
    tasks: workTasks({ identity: identityApi, contexts: contextApi() }),
    rooms: house,
    address: () => running().signIn.address(),
    checkTarget: (url) => running().checkTarget(url),
    now: () => running().signIn.now(),
    limitFactor: () => running().signIn.limitFactor ?? 1,
  }
}

/** Where the schemas of ground and rooms come from, in their order. */
export const migrationsOf = (all: readonly Room[]): readonly Migrations[] => [
  { room: 'platform', folder: new URL('../platform/migrations/', import.meta.url) },
  ...all.map(({ name, migrations }) => ({ room: name, folder: migrations })),
]
