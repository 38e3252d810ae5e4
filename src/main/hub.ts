import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  firstOrg as firstOrgOf,
  firstRun,
  isSignInSetUp,
  nameOfOrg,
  reissueOwnerKey,
  setUpLink,
} from '../identity/room.ts'
import { systemActor } from '../kernel/actor.ts'
import { assert } from '../kernel/assert.ts'
import type { Config } from '../platform/config.ts'
import { type Evidence, openEvidence } from '../platform/evidence/evidence.ts'
import { webhookSink } from '../platform/evidence/sinks.ts'
import { openHome } from '../platform/home.ts'
import { leaseOf } from '../platform/ledger/lease.ts'
import { type Log, openLog } from '../platform/log.ts'
import { scrubber } from '../platform/scrub/scrubber.ts'
import { systemRandom } from '../platform/random.ts'
import type { House } from './compose.ts'
import { openDoors } from './doors.ts'
import type { GoOut } from './fixtures.ts'
import { type HubGround, openGround } from './ground.ts'
import { openPostgres } from './postgres.ts'

const RECOVER = 'identity.recover_owner'
const Recovered = z.object({ link: z.string() })

/** A running hub. */
export type Hub = Readonly<{
  address: string
  /** Where the owner's key lies, and whether this start made it. */
  ownerKey: OwnerKey
  /** Where an owner sets up how to sign in; `null` where one can sign in already. */
  setUpLink: string | null
  /** Where the first owner sets a new password, if this start was asked for it. */
  recoveryLink: string | null
  stop(): Promise<void>
}>

/** The file that lets the owner in until an owner signs in. */
export type OwnerKey = Readonly<{ path: string; fresh: boolean; isSetUp: boolean }>

/** Starts everything that a hub is, in the order in which it leans on each other. */
export const startHub = async (
  config: Config,
  options: Readonly<{
    version: string
    say: (line: string) => void
    /** Lets the first owner in again, who has lost password and factors. */
    recover?: boolean
    /** Takes another key to sign checkpoints with; the old one signs the next beside it. */
    newSigningKey?: boolean
  }>,
): Promise<Hub> => {
  const { say, version } = options
  // What was opened is closed again in the other direction, also when the start fails half-way.
  const closers: (() => Promise<unknown> | void)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  }
  try {
    const home = await openHome({ path: config.home, say })
    closers.push(() => home.release())
    const hides = scrubber(Date.now)
    const file = join(home.path, 'log', 'hub.log')
    const log = openLog({ file, level: config.log, scrub: hides.scrubFields })
    closers.push(() => log.flush())
    const egress = await openWayOut(config)
    closers.push(() => egress.stop())
    const goOut = egress.fetch()
    const postgres = await openPostgres(config, home.path, log)
    closers.push(() => postgres.stop())
    const ground = await openGround({
      ...{ postgres, log, goOut },
      home: home.path,
      rootKey: config.rootKey,
      formerRootKeyFile: config.formerRootKeyFile,
    })
    closers.push(() => ground.stop())
    const ownerKey = await ensureOwner(ground, join(home.path, 'owner.key'))
    const alone = postgres.target.embedded
    const evidence = await openRecord({ config, log, alone }, { home: home.path, ground, goOut })
    if (options.newSigningKey) await evidence.changeKey()
    const { port, close, house } = await openDoors({
      ...{ config, version, postgres, log, ground, evidence, goOut, egress, hides, ownerKey },
      home: home.path,
    })
    closers.push(close)
    const local = `http://${hostOf(config.host)}:${port}`
    const address = config.publicUrl ?? local
    await home.writeHubFile({ pid: process.pid, address: local })
    const run = { ...ground, now: ground.clock.now, random: systemRandom, address }
    const link = ownerKey.isSetUp ? null : await setUpLink(run)
    const recovery = options.recover ? await recoverOwner(ground, house) : null
    log.info('The hub is up.', { address, version })
    return { address, ownerKey, setUpLink: link, recoveryLink: recovery, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

// A URL wants brackets around an IPv6 address. This machine goes by its name: passkeys and cookies
// belong to names, and no browser takes digits for one.
const hostOf = (host: string): string => {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** Opens what is signed about the ledgers, and finds out whether one of them was put back. */
const openRecord = (
  { config, log, alone }: Readonly<{ config: Config; log: Log; alone: boolean }>,
  { home, ground, goOut }: Readonly<{ home: string; ground: HubGround; goOut: GoOut }>,
): Promise<Evidence> => {
  const { database, clock, keyring, newId } = ground
  const failed = (error: unknown) =>
    log.error('A ledger could not be signed.', {
      error: error instanceof Error ? error.message : '?',
    })
  const url = config.checkpointUrl
  return openEvidence({
    ...{ database, newId, random: systemRandom, failed },
    seal: keyring,
    folder: join(home, 'checkpoints'),
    now: clock.now,
    nameOf: (orgId) => nameOfOrg(database, orgId),
    sinks: url === null ? [] : [webhookSink(url, goOut)],
    lease: leaseOf(database, { name: 'checkpoints', holder: randomUUID(), alone }),
  })
}

/** Makes the owner and, until an owner signs in, a key that lies in a file of this machine. */
const ensureOwner = async (
  { database, clock, newId }: HubGround,
  path: string,
): Promise<OwnerKey> => {
  const write = (key: string) => writeFile(path, `${key}\n`, { mode: 0o600, flag: 'w' })
  const run = { database, now: clock.now, newId, random: systemRandom, write }
  const { key } = await firstRun(run)
  if (key !== null) return { path, fresh: true, isSetUp: false }
  if (await isSignInSetUp(database)) {
    await rm(path, { force: true })
    return { path, fresh: false, isSetUp: true }
  }
  // The file is the owner's only way in: where it is gone, another key takes its place.
  if (existsSync(path)) return { path, fresh: false, isSetUp: false }
  await reissueOwnerKey(run)
  return { path, fresh: true, isSetUp: false }
}

/** Takes the first owner's factors away and gives the link that sets a new password. */
const recoverOwner = async ({ database }: HubGround, house: House): Promise<string> => {
  const operation = house.pipeline.operations.get(RECOVER)
  assert(operation, 'the room of identity can let an owner in again')
  const asked = { actor: systemActor(await firstOrgOf(database)), door: 'job' } as const
  const { output } = await house.pipeline.run(operation, {}, asked)
  return Recovered.parse(output).link
}

/** Opens the way out; its packages are loaded by the hub only, never by the command line. */
const openWayOut = async ({ egressAllow }: Config) => {
  const { openEgress } = await import('../platform/egress/egress.ts')
  return openEgress({ allow: egressAllow })
}
