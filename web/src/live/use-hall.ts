import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { Card } from '../../../src/work/contract.ts'
import { cardTopic, projectOf } from './cards.ts'
import type { Detail } from './details.ts'
import { detailTopic } from './details.ts'
import type { Hall, Project } from './hall.ts'

/** Hands the hall down to every part of the page. */
export const HallContext = createContext<Hall | null>(null)

/** Gives the hall. */
export const useHall = (): Hall => {
  const hall = useContext(HallContext)
  if (hall === null) throw new Error('This part of the page needs somebody signed in.')
  return hall
}

/** Reads something that changes with a topic; `read` gives the same value until it changed. */
export const useTopic = <T>(topic: string, read: () => T): T => {
  const { topics } = useHall()
  const subscribe = useCallback(
    (listener: () => void) => topics.subscribe(topic, listener),
    [topics, topic],
  )
  return useSyncExternalStore(subscribe, read)
}

/** Gives a card. */
export const useCard = (id: string): Card | undefined => {
  const { store } = useHall()
  return useTopic(cardTopic(id), () => store.cards.get(id))
}

/** Gives all projects, or `null` until they are known. */
export const useProjects = (): readonly Project[] | null => {
  const hall = useHall()
  return useTopic('projects', hall.projects)
}

/** Gives the project of a task key or a project key. */
export const useProject = (key: string): Project | undefined => {
  const projects = useProjects()
  const wanted = key.includes('-') ? projectOf(key) : key
  return projects?.find((project) => project.key === wanted)
}

/** Gives what the panel shows of a task. */
export const useDetail = (key: string): Detail | undefined => {
  const { details } = useHall()
  return useTopic(detailTopic(key), () => details.get(key))
}
