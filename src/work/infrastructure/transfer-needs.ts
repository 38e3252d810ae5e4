import type { IdentityApi } from '../../identity/contract.ts'
import type { Ground } from '../../platform/room.ts'
import type { TransferNeeds } from '../application/transfer-ports.ts'
import { readBacklogMd } from './backlog-md-source.ts'
import { readBeads } from './beads-source.ts'
import { importStore } from './import-store.ts'

/** Gives imports what they need: readers of foreign files, people, and their tables. */
export const transferNeeds = (ground: Ground, identity: IdentityApi): TransferNeeds => ({
  readers: { beads: readBeads, backlogMd: readBacklogMd },
  newcomers: {
    byHandle: (names) => identity.byHandle(names),
    ensurePlaceholders: (names, words) => identity.ensurePlaceholders(names, words),
  },
  imports: importStore(ground),
})
