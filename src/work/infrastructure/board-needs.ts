import type { Ground } from '../../platform/room.ts'
import type { BoardNeeds } from '../application/board-ports.ts'
import type { People } from '../application/ports.ts'
import { boardStore, historyStore } from './board-store.ts'
import { commentStore, holdStore } from './comment-store.ts'
import { projectChangeStore } from './project-change-store.ts'
import { questionStore } from './question-store.ts'
import { sprintStore } from './sprint-store.ts'

/** Makes the stores behind boards, sprints, questions and what people do to claims. */
export const boardNeeds = (ground: Ground, people: People): BoardNeeds => ({
  holds: holdStore(ground),
  comments: commentStore(ground, people),
  questions: questionStore(ground),
  projectChanges: projectChangeStore(ground),
  boards: boardStore(ground, people),
  sprints: sprintStore(ground),
  history: historyStore(ground),
})
