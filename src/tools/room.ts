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
import type { HubNeeds } from './application/hub-ports.ts'
import type { OauthNeeds } from './application/oauth-ports.ts'
import type { ToolsNeeds } from './application/ports.ts'
import { replaceSecret } from './application/replace-secret.ts'
import { rotateKeys } from './application/rotate-keys.ts'
import { testSecret } from './application/test-secret.ts'
import { WEBHOOK_EVENTS } from './application/webhook-events.ts'
import type { WebhookNeeds } from './application/webhook-ports.ts'
import {
  LeaseEnded,
  LeaseTaken,
  RotationFinished,
  RotationStarted,
  SecretCreated,
  SecretDeleted,
  SecretReplaced,
  SecretUsed,
} from './events.ts'
import { HUB, HUB_REACTIONS, HUB_SCHEDULES } from './infrastructure/hub-part.ts'
import { keysFrom, movesFrom } from './infrastructure/keyring-adapter.ts'
import { leaseStore, noLeases, orgsWithOverdueLeases } from './infrastructure/lease-store.ts'
import { oauthAttemptSource } from './infrastructure/oauth-attempt-store.ts'
import { oauthSecretSource } from './infrastructure/oauth-secret-store.ts'
import { orgsRotating, rotationStore } from './infrastructure/rotation-store.ts'
import { secretSource } from './infrastructure/secret-source.ts'
import { secretStore } from './infrastructure/secret-store.ts'
import { toolsSubject } from './infrastructure/subject-store.ts'
import type { ToolHub } from './infrastructure/tool-hub.ts'
import type { WebhookOthers } from './infrastructure/webhook-needs.ts'
import { webhookPart } from './infrastructure/webhook-part.ts'
import { webhookSecretSource } from './infrastructure/webhook-secret-store.ts'
import { projectsFrom } from './infrastructure/work-adapter.ts'

export { type HubGround, openToolHub, type ToolHub } from './infrastructure/tool-hub.ts'
export { toolsApi } from './infrastructure/tools-api.ts'
export { vaultOver } from './infrastructure/vault.ts'
export { type WebhookOthers, webhookNeeds } from './infrastructure/webhook-needs.ts'
export { type WebhookSender, webhookSender } from './infrastructure/webhook-sender.ts'
export { hookAt } from './infrastructure/webhook-store.ts'
export { oauthCallback } from './interface/oauth-callback.ts'
export { webhookMount } from './interface/webhook-mount.ts'

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
  /** The hub of this process; asked when an operation runs. Left out: there is none. */
  hub?: () => ToolHub
  /** What webhooks stand on; left out: there are none. */
  webhooks?: WebhookOthers
  /** Values that a change of keys moves in one transaction. */
  batchRows?: number
}>

const endLeases: Reaction<ToolsNeeds> = {
  ...endLeasesWhenClaimEnded,
  // Most claims use no secret, and a lease that outlives its claim does so for a second at most.
  idle: noLeases,
  unhurried: true,
}

/** Wires the room of tools: their vault, the hub of servers, webhooks. */
export const toolsRoom = (others: ToolsOthers): Room<AllNeeds> => {
  return wired(others, webhookPart(others.webhooks))
}

type AllNeeds = ToolsNeeds & Partial<HubNeeds & OauthNeeds & WebhookNeeds>

const wired = (others: ToolsOthers, webhooks: ReturnType<typeof webhookPart>): Room<AllNeeds> => ({
  name: 'tools',
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs(ground) {
    const keyring = others.keyring()
    const own = [secretSource, webhookSecretSource, oauthSecretSource, oauthAttemptSource]
    const sources = [...own, keyring.source, ...(others.sources ?? [])]
    const secrets = secretStore(ground)
    const keys = keysFrom(keyring, ground, others.scrubber)
    const projects = projectsFrom(others.work(ground))
    return {
      ...webhooks.needs(ground),
      ...others.hub?.().needs(ground, { secrets, keys, projects }),
      ...{ secrets, keys, projects },
      rotations: rotationStore(ground),
      leases: leaseStore(ground),
      moves: movesFrom(keyring, ground, { sources, batchRows: others.batchRows }),
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
    ...HUB.operations,
    ...webhooks.operations,
  ],
  events: {
    'webhook:read': WEBHOOK_EVENTS,
    'secret:read': [
      SecretCreated,
      SecretReplaced,
      SecretDeleted,
      SecretUsed,
      RotationStarted,
      RotationFinished,
    ],
    'tool:read': HUB.events['tool:read'],
    'connection:read': [LeaseTaken, LeaseEnded, ...HUB.events['connection:read']],
  },
  reactions: [endLeases, ...HUB_REACTIONS, ...webhooks.reactions],
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
    ...HUB_SCHEDULES,
    ...webhooks.schedules,
  ],
})
