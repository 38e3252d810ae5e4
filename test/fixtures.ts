import { randomBytes, randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { idMaker } from '../src/kernel/id.ts'
import { machineLook } from '../src/agents/room.ts'
import type { Fixtures } from '../src/main/fixtures.ts'
import { HUB_OTHERS } from '../src/main/rooms.ts'
import { openLauncher } from '../src/platform/child/launcher.ts'
import type { Clock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/database.ts'
import { type Egress, openEgress } from '../src/platform/egress/egress.ts'
import { openKeyring } from '../src/platform/keyring/keyring.ts'
import { openRootKey } from '../src/platform/keyring/root-key.ts'
import { openLimits } from '../src/platform/limits/limits.ts'
import { scrubber } from '../src/platform/scrub/scrubber.ts'
import { openToolHub } from '../src/tools/room.ts'

/** The factor by which tests raise every limit that they are not about. */
export const LIMIT_FACTOR = 1_000_000

/** A mail that a test's hub has sent. */
export type SentMail = Readonly<{ to: string; subject: string; text: string }>

const random = (bytes: Uint8Array) => randomFillSync(bytes)

const isLocal = (url: string): boolean => url.startsWith('http://127.0.0.1:')

const localFetch =
  (egress: Egress): Egress['fetch'] =>
  (limits) =>
  (input, init) => {
    const url = typeof input === 'string' ? input : 'url' in input ? input.url : input.href
    return isLocal(url) ? fetch(input, init) : egress.fetch(limits)(input, init)
  }

/** What a test's hub gives its rooms, and what tests see of it besides. */
export type TestFixtures = Fixtures &
  Readonly<{
    mails: readonly SentMail[]
    /** Where people find the hub: a test may move it. */
    place: { address: string }
    /** The root key, for other processes of the same hub. */
    rootText: string
    /** The folder of programs and of what they keep. */
    toolsFolder: string
  }>

/** Makes what a running hub gives its rooms, over the database of a test; mails are kept. */
export const testFixtures = async (database: Database, clock: Clock): Promise<TestFixtures> => {
  const place = { address: 'http://localhost:7420' }
  const text = randomBytes(32).toString('base64url')
  const root = await openRootKey({ kind: 'value', text }, { random })
  const { now } = clock
  const keyring = openKeyring({ root, database, now, random, newId: idMaker(now, random) })
  const mails: SentMail[] = []
  const egress = openEgress({ allow: [] })
  const scrubs = scrubber(now)
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-tools-'))
  const launcher = openLauncher({
    folder: join(folder, 'running'),
    now,
    failed(error) {
      throw error
    },
  })
  const tools = openToolHub(
    {
      ...{ database, launcher, folder, now, random, scrubber: scrubs, version: 'test' },
      keyring: () => keyring,
      // Servers that tests start are on this machine; everything else goes the hub's own way.
      egress: { fetch: localFetch(egress), check: (url) => isLocal(url) || egress.check(url) },
      environment: process.env,
      node: process.execPath,
      isRoot: process.getuid?.() === 0,
      address: () => place.address,
    },
    HUB_OTHERS,
  )
  return {
    ...{ keyring, mails, place, rootText: text, toolsFolder: folder },
    limits: openLimits({ now, factor: LIMIT_FACTOR }),
    scrubber: scrubs,
    tools: {
      ...tools,
      async stop() {
        await tools.stop()
        await launcher.stop()
        await rm(folder, { recursive: true, force: true })
      },
    },
    trust: () => null,
    journal: null,
    // Plain http to this machine: issuers that tests start have no certificates.
    goOut: fetch,
    isPlain: () => true,
    machine: machineLook({ home: folder, path: '', now: () => performance.now() }),
    checkTarget(url) {
      if (!url.startsWith('http://127.0.0.1:')) egress.check(url)
    },
    signIn: {
      ...{ database, now },
      address: () => place.address,
      limitSecret: randomBytes(32),
      limitFactor: LIMIT_FACTOR,
      mailer: {
        async send(mail) {
          mails.push(mail)
        },
      },
    },
  }
}
