import { randomFillSync } from 'node:crypto'
import { z } from 'zod'
import { systemActor } from '../../src/kernel/actor.ts'
import type { Happened } from '../../src/kernel/event.ts'
import { idMaker } from '../../src/kernel/id.ts'
import type { Call } from '../../src/kernel/operation.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { openKeyring } from '../../src/platform/keyring/keyring.ts'
import { openRootKey } from '../../src/platform/keyring/root-key.ts'
import { outboxInserts } from '../../src/platform/ledger/outbox.ts'
import { clientOptions } from '../../src/platform/postgres/target.ts'
import { toolsRoom } from '../../src/tools/room.ts'
import { workApi } from '../../src/work/room.ts'

// A process that does nothing but go on with a rotation, value by value, until somebody kills it.

const { target, root, orgId } = JSON.parse(process.argv[2] ?? '{}')
const random = (bytes: Uint8Array) => randomFillSync(bytes)
const newId = idMaker(Date.now, random)
const database = openDatabase({ client: clientOptions(target, 'app'), rls: true, log() {} })
const keyring = openKeyring({
  ...{ database, now: Date.now, random, newId },
  root: await openRootKey({ kind: 'value', text: root }, { random }),
})
const room = toolsRoom({
  ...{ keyring: () => keyring, scrubber: { remember() {} }, work: workApi, batchRows: 1 },
})
const operation = room.operations.find(({ name }) => name === 'tools.continue_rotation')
if (!operation?.ahead) throw new Error('There is no rotation.')

for (;;) {
  const call: Call = {
    ...{ actor: systemActor(orgId), door: 'job', now: Date.now(), newId, random },
    ...{ deadline: Date.now() + 30_000, signal: new AbortController().signal },
    ...{ trace: '0'.repeat(32), idempotencyKey: null },
  }
  const happened: Happened[] = []
  const emit = (event: Happened) => happened.push(event)
  const ahead = await operation.ahead(
    {},
    { ...room.needs({ sql: database.read(orgId), orgId }), call },
  )
  const output = await database.write(orgId, async (sql) => {
    const words = { ...room.needs({ sql, orgId }), call, emit, ahead }
    const value = await operation.run({}, words)
    return { value, tail: outboxInserts(happened, call, operation.name) }
  })
  const { state } = z.object({ state: z.string().nullable() }).parse(output)
  if (state === null) break
  process.stdout.write(`${state}\n`)
}
await database.stop()
