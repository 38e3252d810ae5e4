import type { IdentityApi } from '../identity/contract.ts'
import type { Ground, Room } from '../platform/room.ts'
import { createProject } from './application/create-project.ts'
import { expireLeases } from './application/expire-leases.ts'
import { finishWork } from './application/finish-work.ts'
import { nextTask } from './application/next-task.ts'
import type { Contexts, WorkNeeds } from './application/ports.ts'
import { updateWork } from './application/update-work.ts'
import {
  ProjectChanged,
  TaskChanged,
  TaskClaimed,
  TaskCreated,
  TaskEnded,
  TaskHandedBack,
  TaskImported,
  TaskMoved,
  TaskNoted,
  TaskParked,
  TaskTakenOver,
} from './contract.ts'
import { claimStore } from './infrastructure/claim-store.ts'
import { counterStore } from './infrastructure/counter-store.ts'
import { peopleFrom } from './infrastructure/identity-adapter.ts'
import { leaseStore } from './infrastructure/lease-store.ts'
import { noteStore } from './infrastructure/note-store.ts'
import { projectStore } from './infrastructure/project-store.ts'
import { orgsWithExpired } from './infrastructure/sweep-store.ts'
import { taskReads } from './infrastructure/task-reads.ts'

export { workPlaces } from './infrastructure/places.ts'
export { workApi } from './infrastructure/work-api.ts'

/** What the room of work needs of other rooms. */
export type WorkOthers = Readonly<{
  identity: (ground: Ground) => IdentityApi
  contexts: (ground: Ground) => Contexts
}>

/** Wires the room of work: projects, tasks, claims. */
export const workRoom = (others: WorkOthers): Room<WorkNeeds> => ({
  name: 'work',
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs(ground) {
    const people = peopleFrom(others.identity(ground))
    return {
      people,
      claims: claimStore(ground),
      leases: leaseStore(ground),
      counters: counterStore(ground),
      reads: taskReads(ground, people),
      contexts: others.contexts(ground),
      projects: projectStore(ground),
      notes: noteStore(ground),
    }
  },
  operations: [nextTask, updateWork, finishWork, createProject, expireLeases],
  events: {
    'task:read': [
      TaskCreated,
      TaskChanged,
      TaskMoved,
      TaskClaimed,
      TaskNoted,
      TaskEnded,
      TaskTakenOver,
      TaskHandedBack,
      TaskParked,
      TaskImported,
    ],
    'project:read': [ProjectChanged],
  },
  schedules: [
    { name: 'work.expire_leases', everyMs: 1_000, operation: expireLeases, due: orgsWithExpired },
  ],
  wakes({ data }) {
    const readied = data['readied']
    const key = data['key']
    if (typeof readied !== 'number' || readied <= 0 || typeof key !== 'string') return []
    const project = key.split('-')[0] ?? ''
    return [
      { topic: `ready/${project}`, count: readied },
      { topic: 'ready', count: readied },
    ]
  },
})
