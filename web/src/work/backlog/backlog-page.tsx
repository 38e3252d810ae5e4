import { useSearch } from '@tanstack/react-router'
import { Backlog } from './backlog.tsx'
import { ProjectPage } from './project-page.tsx'
import { WithSprints } from './with-sprints.tsx'

/** Shows the backlog of the project in the address. */
export const BacklogPage = () => {
  const search = useSearch({ from: '/session/frame/p/$project/backlog' })
  return (
    <ProjectPage name="Backlog">
      {(project) => (
        <WithSprints project={project} what="the backlog">
          {(sprints) => <Backlog key={project.key} {...{ project, sprints, search }} />}
        </WithSprints>
      )}
    </ProjectPage>
  )
}
