import type { Ground, Reaction, Room } from '../platform/room.ts'
import { archiveObjective } from './application/archive-objective.ts'
import { decideDelegation } from './application/decide-delegation.ts'
import { expireDelegations } from './application/expire-delegations.ts'
import { listAlignedTasks, listUnalignedTasks } from './application/list-aligned-tasks.ts'
import { listContextTiers } from './application/list-context-tiers.ts'
import { getContextVersion, listContextVersions } from './application/list-context-versions.ts'
import { listDelegations } from './application/list-delegations.ts'
import { listObjectives } from './application/list-objectives.ts'
import { openLessonsWhenTaskEnded } from './application/open-lessons-when-task-ended.ts'
import type { ContextNeeds, People, WorkPlaces } from './application/ports.ts'
import { previewContext } from './application/preview-context.ts'
import { readContext } from './application/read-context.ts'
import { replaceContext } from './application/replace-context.ts'
import { saveObjective } from './application/save-objective.ts'
import { shareContext } from './application/share-context.ts'
import { writeContext } from './application/write-context.ts'
import {
  type ContextApi,
  DelegationDecided,
  DelegationOpened,
  NodeWritten,
  ObjectiveSaved,
} from './contract.ts'
import { briefCache, contextApiOver } from './infrastructure/context-api.ts'
import { delegationStore, orgsWithOverdue } from './infrastructure/delegation-store.ts'
import { nodeHistory } from './infrastructure/node-history.ts'
import { nodeStore } from './infrastructure/node-store.ts'
import { objectiveStore } from './infrastructure/objective-store.ts'
import { contextSubject } from './infrastructure/subject-store.ts'

/** How often the hub looks for proposals whose time is over; they wait for weeks. */
const EXPIRE_EVERY_MS = 10 * 60 * 1000

/** What this room needs of others, made for the ground it stands on. */
export type Others = Readonly<{
  places: (ground: Ground) => WorkPlaces
  people: (ground: Ground) => People
}>

const openLessons: Reaction<ContextNeeds> = openLessonsWhenTaskEnded

/** Joins the room: four tiers of context, proposals from below, objectives. */
export const contextRoom = ({ places, people }: Others): Room<ContextNeeds> => ({
  name: 'context',
  subject: contextSubject(places),
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs: (ground) => ({
    nodes: nodeStore(ground),
    history: nodeHistory(ground),
    delegations: delegationStore(ground),
    objectives: objectiveStore(ground),
    places: places(ground),
    people: people(ground),
  }),
  operations: [
    readContext,
    writeContext,
    replaceContext,
    listContextTiers,
    listContextVersions,
    getContextVersion,
    previewContext,
    shareContext,
    listDelegations,
    decideDelegation,
    listObjectives,
    saveObjective,
    archiveObjective,
    listAlignedTasks,
    listUnalignedTasks,
    expireDelegations,
  ],
  events: {
    'context:read': [NodeWritten, DelegationOpened, DelegationDecided],
    'objective:read': [ObjectiveSaved],
  },
  reactions: [openLessons],
  schedules: [
    {
      name: 'context.expire_delegations',
      everyMs: EXPIRE_EVERY_MS,
      operation: expireDelegations,
      due: orgsWithOverdue,
    },
  ],
})

/** Makes the room's answers to others; made once per process, because it remembers contexts. */
export const contextApi = (): ((ground: Ground) => ContextApi) => {
  const cache = briefCache()
  return (ground) => contextApiOver(ground, cache)
}
