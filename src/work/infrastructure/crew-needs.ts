import type { Ground } from '../../platform/room.ts'
import type { CrewNeeds } from '../application/crew-ports.ts'
import { crewStore } from './crew-store.ts'
import { haltStore } from './halt-store.ts'
import { workerStore } from './worker-store.ts'

/** Makes the stores behind the operations about who works. */
export const crewNeeds = (ground: Ground): CrewNeeds => ({
  crew: crewStore(ground),
  workers: workerStore(ground),
  halts: haltStore(ground),
})
