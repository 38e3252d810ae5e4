import type { IdentityApi } from '../identity/contract.ts'
import type { Ground, Room } from '../platform/room.ts'
import { QuestionAnswered, QuestionAsked, SprintChanged } from './events.ts'
import type { BoardNeeds } from './application/board-ports.ts'
import type { NumberNeeds } from './application/number-ports.ts'
import type { Contexts, WorkNeeds } from './application/ports.ts'
import type { CrewNeeds } from './application/crew-ports.ts'
import type { QueueNeeds } from './application/queue-ports.ts'
import type { SaveNeeds } from './application/save-ports.ts'
import type { TransferNeeds } from './application/transfer-ports.ts'
import type { ViewNeeds } from './application/view-ports.ts'
import { addDependency, removeDependency } from './application/add-dependency.ts'
import { answerQuestion } from './application/answer-question.ts'
import { archiveProject } from './application/archive-project.ts'
import { archiveTask } from './application/archive-task.ts'
import { askQuestion } from './application/ask-question.ts'
import { assignAgent, unassignAgent } from './application/assign-agent.ts'
import { changeTask } from './application/change-task.ts'
import { claimTask } from './application/claim-task.ts'
import { closeSprint } from './application/close-sprint.ts'
import { commentTask, listComments } from './application/comment-task.ts'
import { createProject } from './application/create-project.ts'
import { expireLeases } from './application/expire-leases.ts'
import { findTasks } from './application/find-tasks.ts'
import { finishWork } from './application/finish-work.ts'
import { getToday } from './application/get-today.ts'
import { getBoard } from './application/get-board.ts'
import { getReadiness } from './application/get-readiness.ts'
import { getSnapshot } from './application/get-snapshot.ts'
import { getTask } from './application/get-task.ts'
import { getTasks } from './application/get-tasks.ts'
import { handBackTask } from './application/hand-back-task.ts'
import { importBacklogMd } from './application/import-backlog-md.ts'
import { importBeads } from './application/import-beads.ts'
import { importGuildhall } from './application/import-guildhall.ts'
import { ExportOpened, openExport } from './application/open-export.ts'
import { undoImport } from './application/undo-import.ts'
import { TaskRemoved } from './events.ts'
import { listAttempts } from './application/list-attempts.ts'
import { getProject, listProjects } from './application/list-projects.ts'
import { listRunning } from './application/list-running.ts'
import { listWaiting } from './application/list-waiting.ts'
import { getWorker, listWorkers } from './application/list-workers.ts'
import { listQuestions } from './application/list-questions.ts'
import { listQueue } from './application/list-queue.ts'
import { getSprint, listSprints } from './application/list-sprints.ts'
import { listViews } from './application/list-views.ts'
import { listTaskEvents } from './application/list-task-events.ts'
import { moveTask } from './application/move-task.ts'
import { nextTask } from './application/next-task.ts'
import { prompts } from './application/prompts.ts'
import { releaseTask } from './application/release-task.ts'
import { saveBranch } from './application/save-branch.ts'
import { saveColumns } from './application/save-columns.ts'
import { saveProject } from './application/save-project.ts'
import { saveSprint } from './application/save-sprint.ts'
import { saveTasks } from './application/save-tasks.ts'
import { removeView, saveView } from './application/save-view.ts'
import { startSprint } from './application/start-sprint.ts'
import { resumeAgents, stopAgents } from './application/stop-agents.ts'
import { stopTask } from './application/stop-task.ts'
import { takeOverTask } from './application/take-over-task.ts'
import { updateWork } from './application/update-work.ts'
import {
  AgentsResumed,
  AgentsStopped,
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
  ViewChanged,
} from './events.ts'
import { crewNeeds } from './infrastructure/crew-needs.ts'
import { boardNeeds } from './infrastructure/board-needs.ts'
import { claimStore } from './infrastructure/claim-store.ts'
import { counterStore } from './infrastructure/counter-store.ts'
import { peopleFrom } from './infrastructure/identity-adapter.ts'
import { exportLines, workParts } from './infrastructure/export-store.ts'
import { leaseStore } from './infrastructure/lease-store.ts'
import { noteStore } from './infrastructure/note-store.ts'
import { NUMBERS } from './infrastructure/number-part.ts'
import { projectStore } from './infrastructure/project-store.ts'
import { queueStore } from './infrastructure/queue-store.ts'
import { saveNeeds } from './infrastructure/save-needs.ts'
import { workSubject } from './infrastructure/subject-store.ts'
import { orgsWithExpired } from './infrastructure/sweep-store.ts'
import { taskApi } from './infrastructure/task-api.ts'
import { taskReads } from './infrastructure/task-reads.ts'
import { transferNeeds } from './infrastructure/transfer-needs.ts'
import { viewStore } from './infrastructure/view-store.ts'

export { workPlaces } from './infrastructure/places.ts'
export { workApi } from './infrastructure/work-api.ts'

/** What the room of work needs of other rooms. */
export type WorkOthers = Readonly<{
  identity: (ground: Ground) => IdentityApi
  contexts: (ground: Ground) => Contexts
}>

/** Waiting agents that hear at once that they may work again. */
const WAITERS_MAX = 1_000

type AllNeeds = WorkNeeds &
  SaveNeeds &
  QueueNeeds &
  BoardNeeds &
  NumberNeeds &
  TransferNeeds &
  ViewNeeds &
  CrewNeeds

const needsOf =
  (others: WorkOthers) =>
  (ground: Ground): AllNeeds => {
    const identity = others.identity(ground)
    const people = peopleFrom(identity, ground.orgId)
    return {
      ...saveNeeds(ground, people),
      ...boardNeeds(ground, people),
      ...crewNeeds(ground),
      ...NUMBERS.needs(ground),
      ...transferNeeds(ground, identity),
      people,
      claims: claimStore(ground),
      leases: leaseStore(ground),
      counters: counterStore(ground),
      reads: taskReads(ground, people),
      contexts: others.contexts(ground),
      projects: projectStore(ground),
      notes: noteStore(ground),
      queue: queueStore(ground),
      views: viewStore(ground),
    }
  }

/** Saves tasks for other rooms. */
export const workTasks = (others: WorkOthers) => taskApi(needsOf(others))

/** Wires the room of work: projects, tasks, claims. */
export const workRoom = (others: WorkOthers): Room<AllNeeds> => ({
  name: 'work',
  subject: workSubject,
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs: needsOf(others),
  operations: [
    addDependency,
    removeDependency,
    answerQuestion,
    archiveProject,
    archiveTask,
    askQuestion,
    assignAgent,
    unassignAgent,
    changeTask,
    claimTask,
    closeSprint,
    commentTask,
    listComments,
    listAttempts,
    createProject,
    expireLeases,
    findTasks,
    finishWork,
    getBoard,
    getReadiness,
    getSnapshot,
    getTask,
    getTasks,
    handBackTask,
    importBacklogMd,
    importBeads,
    importGuildhall,
    openExport,
    undoImport,
    listProjects,
    getProject,
    listQuestions,
    listQueue,
    listSprints,
    getSprint,
    listTaskEvents,
    listViews,
    saveView,
    removeView,
    moveTask,
    nextTask,
    releaseTask,
    saveBranch,
    saveColumns,
    saveProject,
    saveSprint,
    saveTasks,
    startSprint,
    stopTask,
    listRunning,
    listWaiting,
    listWorkers,
    getWorker,
    getToday,
    stopAgents,
    resumeAgents,
    takeOverTask,
    updateWork,
    ...NUMBERS.operations,
  ],
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
      TaskRemoved,
      AgentsStopped,
      AgentsResumed,
      QuestionAsked,
      QuestionAnswered,
    ],
    'sprint:read': [SprintChanged],
    'project:read': [ProjectChanged, ViewChanged],
  },
  prompts,
  streams: {
    [openExport.name]: (ground, output) => {
      const { projectId, mask } = ExportOpened.parse(output)
      const people = peopleFrom(others.identity(ground), ground.orgId)
      return exportLines(ground, { parts: workParts, people, scope: { projectId }, mask })
    },
  },
  schedules: [
    { name: 'work.expire_leases', everyMs: 1_000, operation: expireLeases, due: orgsWithExpired },
    ...NUMBERS.schedules,
  ],
  wakes({ name, data }) {
    if (name === QuestionAnswered.event) {
      return [{ topic: `question/${String(data['askedBy'])}`, count: 8 }]
    }
    if (name === AgentsResumed.event) return [{ topic: 'ready', count: WAITERS_MAX }]
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
