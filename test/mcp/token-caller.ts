import { randomFillSync } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Actor } from '../../src/kernel/actor.ts'
import { idMaker } from '../../src/kernel/id.ts'
import type { Call } from '../../src/kernel/operation.ts'
import { HUB_OTHERS } from '../../src/main/rooms.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { openKeyring } from '../../src/platform/keyring/keyring.ts'
import { openRootKey } from '../../src/platform/keyring/root-key.ts'
import { clientOptions } from '../../src/platform/postgres/target.ts'
import { scrubber } from '../../src/platform/scrub/scrubber.ts'
import { openToolHub, toolsRoom } from '../../src/tools/room.ts'

// A process of a hub that does nothing but call a server, many times at once, when it is told to.

const { target, root, orgId, actorId, calls } = JSON.parse(process.argv[2] ?? '{}')
const random = (bytes: Uint8Array) => randomFillSync(bytes)
const now = Date.now
const newId = idMaker(now, random)
const database = openDatabase({ client: clientOptions(target, 'app'), rls: true, log() {} })
const keyring = openKeyring({
  ...{ database, now, random, newId },
  root: await openRootKey({ kind: 'value', text: root }, { random }),
})
const hub = openToolHub(
  {
    ...{ database, keyring: () => keyring, scrubber: scrubber(now), now, random },
    egress: { fetch: () => (input, init) => fetch(input, init), check: () => {} },
    launcher: {
      start: () => Promise.reject(new Error('Nothing is started here.')),
      running: () => 0,
      sweep: async () => 0,
      stop: async () => {},
    },
    folder: await mkdtemp(join(tmpdir(), 'guildhall-caller-')),
    ...{ environment: {}, node: process.execPath, isRoot: false, version: 'test' },
    address: () => 'http://localhost:7420',
  },
  HUB_OTHERS,
)
const room = toolsRoom({
  ...{ keyring: () => keyring, scrubber: { remember() {} }, work: HUB_OTHERS.work },
  hub: () => hub,
})
const needs = room.needs({ sql: database.read(orgId), orgId })
const actor: Actor = {
  ...{ orgId, id: actorId, kind: 'person', handle: 'caller' },
  ...{ scopes: null, projects: null, epoch: 0 },
}
const call = (): Call => ({
  ...{ actor, door: 'http', now: now(), newId, random, deadline: now() + 60_000 },
  ...{ signal: new AbortController().signal, trace: '0'.repeat(32), idempotencyKey: null },
})

const callAll = async () => {
  const catalogue = await needs.catalogue?.()
  const upstream = catalogue?.upstreams.get('docs')
  if (!catalogue || !upstream) throw new Error('There is no server.')
  const [connection = null] = catalogue.connections
  const one = async (text: string) =>
    needs.outside?.send({
      ...{ upstream, connection, tool: 'echo', call: call(), leaseId: null },
      ...{ method: 'tools/call', params: { name: 'echo', arguments: { text } } },
      ...{ timeoutMs: 60_000, bytesMax: 1_000_000, isSafe: false },
    })
  const sent = await Promise.all(Array.from({ length: calls }, (_, at) => one(`call ${at}`)))
  return sent.map((answer) => (answer?.kind === 'failure' ? answer.refusal.code : answer?.kind))
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'go') continue
  process.stdout.write(`${JSON.stringify(await callAll())}\n`)
  break
}
await hub.stop()
await database.stop()
