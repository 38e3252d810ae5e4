import type { IdentityApi } from '../../identity/contract.ts'
import type { Ground } from '../../platform/room.ts'
import type { TransferPart } from '../../platform/transfer.ts'
import type { TransferNeeds } from '../application/transfer-ports.ts'
import { readBacklogMd } from './backlog-md-source.ts'
import { readBeads } from './beads-source.ts'
import { workParts } from './export-store.ts'
import { importStore } from './import-store.ts'
import { ownFormat } from './own-format-store.ts'
import { undoStore } from './undo-store.ts'

/**
 * Gives imports what they need: readers of foreign files, people, and their tables. `parts` are
 * the lines that other rooms add to Guildhall's own format.
 */
export const transferNeeds = (
  ground: Ground,
  identity: IdentityApi,
  parts: readonly TransferPart[] = [],
): TransferNeeds => ({
  readers: { beads: readBeads, backlogMd: readBacklogMd },
  newcomers: {
    byHandle: (names) => identity.byHandle(names),
    ensurePlaceholders: (names, words) => identity.ensurePlaceholders(names, words),
  },
  imports: importStore(ground),
  own: ownFormat(ground, [...workParts, ...parts]),
  undo: undoStore(ground),
})
