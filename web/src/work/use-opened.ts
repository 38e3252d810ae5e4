import { useCallback, useEffect, useState } from 'react'
import { useHall } from '../live/use-hall.ts'
import { whyOf } from '../live/own/why-of.ts'
import { rememberProject } from './last-project.ts'

type Opened = Readonly<{ project: string; trouble: string | null }>

/** Opens a project, and tells when its cards are there: all of them, or for a start the first. */
export const useOpened = (project: string, isBegunEnough = false) => {
  const { store, open, openFirst } = useHall()
  const [isFirst] = useState(isBegunEnough)
  const [opened, setOpened] = useState<Opened | null>(null)
  const read = useCallback(() => {
    let isLeft = false
    const done = (trouble: string | null): void => {
      if (!isLeft) setOpened({ project, trouble })
    }
    const begin = isFirst ? openFirst : open
    begin(project).then(
      () => done(null),
      (thrown: unknown) => done(whyOf(thrown)),
    )
    return () => {
      isLeft = true
    }
  }, [open, openFirst, isFirst, project])
  useEffect(() => {
    rememberProject(project)
    return read()
  }, [read, project])
  const isHere = opened?.project === project
  return {
    isRead: isHere && opened.trouble === null && store.isBegun(project),
    trouble: isHere ? opened.trouble : null,
    again: read,
  }
}
