import { randomBytes, randomFillSync } from 'node:crypto'
import { idMaker } from '../src/kernel/id.ts'
import type { Fixtures } from '../src/main/fixtures.ts'
import type { Clock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/database.ts'
import { openKeyring } from '../src/platform/keyring/keyring.ts'
import { openRootKey } from '../src/platform/keyring/root-key.ts'
import { scrubber } from '../src/platform/scrub/scrubber.ts'

/** The factor by which tests raise every limit that they are not about. */
export const LIMIT_FACTOR = 1_000_000

/** A mail that a test's hub has sent. */
export type SentMail = Readonly<{ to: string; subject: string; text: string }>

const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** Makes what a running hub gives its rooms, over the database of a test; mails are kept. */
export const testFixtures = async (
  database: Database,
  clock: Clock,
): Promise<Fixtures & Readonly<{ mails: readonly SentMail[] }>> => {
  const text = randomBytes(32).toString('base64url')
  const root = await openRootKey({ kind: 'value', text }, { random })
  const { now } = clock
  const keyring = openKeyring({ root, database, now, random, newId: idMaker(now, random) })
  const mails: SentMail[] = []
  return {
    keyring,
    mails,
    scrubber: scrubber(now),
    trust: () => null,
    journal: null,
    // Plain http to this machine: issuers that tests start have no certificates.
    goOut: fetch,
    isPlain: () => true,
    signIn: {
      ...{ database, now },
      address: () => 'http://localhost:7420',
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
