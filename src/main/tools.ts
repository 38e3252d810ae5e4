import { join } from 'node:path'
import { systemActor } from '../kernel/actor.ts'
import { assert } from '../kernel/assert.ts'
import { machineEnvironment } from '../platform/config.ts'
import { openLauncher } from '../platform/child/launcher.ts'
import type { Egress } from '../platform/egress/egress.ts'
import type { Log } from '../platform/log.ts'
import type { Pipeline } from '../platform/pipeline/pipeline.ts'
import type { Scrubber } from '../platform/scrub/scrubber.ts'
import { systemRandom } from '../platform/random.ts'
import { openToolHub, type ToolHub } from '../tools/room.ts'
import type { HubGround } from './ground.ts'
import { HUB_OTHERS } from './rooms.ts'

type ToolsWanted = Readonly<{
  /** The folder of the hub. */
  home: string
  version: string
  ground: HubGround
  egress: Egress
  hides: Scrubber
  log: Log
  address: () => string
}>

/** Opens the hub of tools, and ends what programs an earlier hub of this home left running. */
export const openTools = async (wanted: ToolsWanted): Promise<ToolHub> => {
  const { home, ground, egress, hides, log, version, address } = wanted
  const { database, clock, keyring } = ground
  const folder = join(home, 'tools')
  const launcher = openLauncher({
    folder: join(folder, 'running'),
    hidden: [home],
    now: clock.now,
    failed: (error) =>
      log.warn('A program of a tool could not be looked after.', {
        error: error instanceof Error ? error.message : '?',
      }),
  })
  const left = await launcher.sweep()
  if (left > 0) log.info('Programs of an earlier hub were ended.', { count: left })
  const hub = openToolHub(
    {
      ...{ database, egress, launcher, folder, version, address, random: systemRandom },
      keyring: () => keyring,
      scrubber: hides,
      now: clock.now,
      environment: machineEnvironment(),
      node: process.execPath,
      isRoot: process.getuid?.() === 0,
    },
    HUB_OTHERS,
  )
  return {
    ...hub,
    async stop() {
      await hub.stop()
      await launcher.stop()
    },
  }
}

/** Makes what asks a server of tools again, in the name of the hub itself. */
export const refreshThrough =
  ({ operations, run }: Pick<Pipeline, 'operations' | 'run'>) =>
  async (orgId: string, slug: string): Promise<void> => {
    const refresh = operations.get('tools.refresh_heard_tools')
    assert(refresh, 'the room of tools asks its servers again')
    await run(refresh, { slug }, { actor: systemActor(orgId), door: 'job' })
  }
