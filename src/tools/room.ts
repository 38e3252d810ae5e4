import type { Keyring } from '../platform/keyring/keyring.ts'
import type { SealedSource } from '../platform/keyring/sources.ts'
import type { Ground, Reaction, Room } from '../platform/room.ts'
import type { Scrubber } from '../platform/scrub/scrubber.ts'
import type { WorkApi } from '../work/contract.ts'
import { continueRotation } from './application/continue-rotation.ts'
import { createSecret } from './application/create-secret.ts'
import { deleteSecret } from './application/delete-secret.ts'
import { endLeasesWhenClaimEnded } from './application/end-leases-when-claim-ended.ts'
import { expireLeases } from './application/expire-leases.ts'
import { getRotation } from './application/get-rotation.ts'
import { listSecrets } from './application/list-secrets.ts'
import type { ToolsNeeds } from './application/ports.ts'
import { replaceSecret } from './application/replace-secret.ts'
import { rotateKeys } from './application/rotate-keys.ts'
import { testSecret } from './application/test-secret.ts'
import {
  LeaseEnded,
  LeaseTaken,
  RotationFinished,
  RotationStarted,
  SecretCreated,
  SecretDeleted,
  SecretReplaced,
  SecretUsed,
} from './contract.ts'
import { keysFrom, movesFrom } from './infrastructure/keyring-adapter.ts'
import { leaseStore, noLeases, orgsWithOverdueLeases } from './infrastructure/lease-store.ts'
import { orgsRotating, rotationStore } from './infrastructure/rotation-store.ts'
import { secretSource } from './infrastructure/secret-source.ts'
import { secretStore } from './infrastructure/secret-store.ts'
import { toolsSubject } from './infrastructure/subject-store.ts'
import { projectsFrom } from './infrastructure/work-adapter.ts'

export { toolsApi } from './infrastructure/tools-api.ts'
export { vaultOver } from './infrastructure/vault.ts'

/** How often a change of keys goes on by one batch. */
const ROTATE_EVERY_MS = 1_000
/** How often the hub looks for leases whose time is over; a call under one is refused anyway. */
const EXPIRE_EVERY_MS = 60_000

/** What this room takes from the ground and from others. */
export type ToolsOthers = Readonly<{
  /** Asked when an operation runs: lists of rooms are made where no keyring is. */
  keyring: () => Keyring
  scrubber: Pick<Scrubber, 'remember'>
  work: (ground: Ground) => WorkApi
  /** What other rooms keep sealed: without them their keys of before never die. */
  sources?: readonly SealedSource[]
  /** Values that a change of keys moves in one transaction. */
  batchRows?: number
}>

const endLeases: Reaction<ToolsNeeds> = {
  ...endLeasesWhenClaimEnded,
  // Most claims use no secret, and a lease that outlives its claim does so for a second at most.
  idle: noLeases,
  unhurried: true,
}

/** Wires the room of tools: for now the vault of their secrets, and the leases to use them. */
export const toolsRoom = (others: ToolsOthers): Room<ToolsNeeds> => ({
  name: 'tools',
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs(ground) {
    const keyring = others.keyring()
    const sources = [secretSource, keyring.source, ...(others.sources ?? [])]
    return {
      secrets: secretStore(ground),
      rotations: rotationStore(ground),
      leases: leaseStore(ground),
      keys: keysFrom(keyring, ground, others.scrubber),
      moves: movesFrom(keyring, ground, { sources, batchRows: others.batchRows }),
      projects: projectsFrom(others.work(ground)),
    }
  },
  subject: toolsSubject,
  operations: [
    createSecret,
    listSecrets,
    replaceSecret,
    testSecret,
    deleteSecret,
    rotateKeys,
    getRotation,
    continueRotation,
    expireLeases,
  ],
  events: {
    'secret:read': [
      SecretCreated,
      SecretReplaced,
      SecretDeleted,
      SecretUsed,
      RotationStarted,
      RotationFinished,
    ],
    'connection:read': [LeaseTaken, LeaseEnded],
  },
  reactions: [endLeases],
  schedules: [
    {
      name: 'tools.rotate_keys',
      everyMs: ROTATE_EVERY_MS,
      operation: continueRotation,
      due: orgsRotating,
    },
    {
      name: 'tools.expire_leases',
      everyMs: EXPIRE_EVERY_MS,
      operation: expireLeases,
      due: orgsWithOverdueLeases,
    },
  ],
})
