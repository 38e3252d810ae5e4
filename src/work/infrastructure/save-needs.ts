import type { Ground } from '../../platform/room.ts'
import type { People } from '../application/ports.ts'
import type { SaveNeeds } from '../application/save-ports.ts'
import { detailStore } from './detail-store.ts'
import { edgeStore } from './edge-store.ts'
import { findStore } from './find-store.ts'
import { readinessStore } from './readiness-store.ts'
import { taskSaveStore } from './task-save-store.ts'

/** Makes the stores behind the operations that save, find and explain tasks. */
export const saveNeeds = (ground: Ground, people: People): SaveNeeds => ({
  saves: taskSaveStore(ground),
  edges: edgeStore(ground),
  finds: findStore(ground, people),
  readiness: readinessStore(ground),
  details: detailStore(ground, people),
})
