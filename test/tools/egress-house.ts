import { randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '../../src/kernel/actor.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { compose } from '../../src/main/compose.ts'
import { HUB_OTHERS, rooms } from '../../src/main/rooms.ts'
import { openLauncher } from '../../src/platform/child/launcher.ts'
import { openEgress, type Resolve } from '../../src/platform/egress/egress.ts'
import { openLimits } from '../../src/platform/limits/limits.ts'
import { quietLog } from '../../src/platform/log.ts'
import { openToolHub } from '../../src/tools/room.ts'
import { bench } from '../bench.ts'

/** What a hub may reach besides the public internet, and who answers for names. */
export type Wanted = Readonly<{ allow: readonly string[]; resolve?: Resolve }>

const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** Opens a hub whose way out is the real one: an allow list, and a resolver that a test chooses. */
export const egressHouse = async ({ allow, resolve }: Wanted) => {
  const org = await bench()
  const { database, clock, fixtures, owner } = org
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-egress-'))
  const failed = (error: unknown) => {
    throw error
  }
  const launcher = openLauncher({ folder: join(folder, 'running'), now: clock.now, failed })
  const egress = openEgress({ allow, ...(resolve && { resolve }) })
  const tools = openToolHub(
    {
      ...{ database, launcher, folder, random, egress, scrubber: fixtures.scrubber },
      keyring: () => fixtures.keyring,
      ...{ now: clock.now, version: 'test', environment: process.env, node: process.execPath },
      isRoot: process.getuid?.() === 0,
      address: () => 'http://localhost:7420',
    },
    HUB_OTHERS,
  )
  const house = compose({
    ...{ database, clock, log: quietLog(), alone: true, closed: () => null },
    rooms: rooms({ ...fixtures, tools }),
    holder: `egress-${process.pid}`,
    readiness: async () => ({ ready: true, facts: {} }),
    limits: openLimits({ now: clock.now, factor: 1_000_000 }),
    mark: fixtures.keyring.fingerprint,
    scrubber: fixtures.scrubber,
    heard: async (orgId, names) => tools.heard(orgId, names),
  })
  tools.tell(house.committed)
  const run = async (name: string, input: object = {}, actor: Actor = owner) => {
    const operation = house.pipeline.operations.get(name)
    if (operation === undefined) throw new Error(`There is no operation ${name}.`)
    // Tests say what they expect of an output; a wrong guess fails there.
    const answer = await house.pipeline.run(operation, input, { actor, door: 'http' })
    return answer.output
  }
  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'done',
      (error: unknown) => {
        if (!(error instanceof Refusal)) throw error
        return error.code
      },
    )
  return {
    ...{ run, codeOf, org },
    async stop() {
      await house.stop()
      await tools.stop()
      await launcher.stop()
      await egress.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
