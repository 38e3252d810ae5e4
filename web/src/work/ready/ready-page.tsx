import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import type { Project } from '../../live/hall.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { ProjectPage } from '../backlog/project-page.tsx'
import { AgentChoice } from './agent-choice.tsx'
import { QueuePart } from './queue-part.tsx'
import type { ReadySearch } from './ready-search.ts'

/** Shows what is ready, in the order it is handed out, and of the rest why it is not. */
export const ReadyPage = () => (
  <ProjectPage name="Ready">
    {(project) => <Ready key={project.key} project={project} />}
  </ProjectPage>
)

const Ready = ({ project }: Readonly<{ project: Project }>) => {
  const main = useRef<HTMLElement>(null)
  const navigate = useNavigate()
  const { why, agent } = useSearch({ from: '/session/frame/p/$project/ready' })
  useWalk('Ready', main)
  const change = (search: ReadySearch): void => {
    const params = { project: project.key }
    navigate({ to: '/p/$project/ready', params, search, replace: true }).catch(() => {})
  }
  return (
    <main
      ref={main}
      aria-label={`Ready in ${project.name}`}
      className="min-h-0 min-w-0 flex-1 overflow-y-auto"
    >
      <div className="mx-auto max-w-4xl px-4 py-4">
        <header className="flex flex-wrap items-end gap-x-3 gap-y-2">
          <div className="min-w-0 flex-1 basis-60">
            <h1 className="text-figure font-semibold">Ready</h1>
            <p className="text-list text-text-2">
              What is handed out next, in this order, and why the rest is not. All of it is the{' '}
              <Link
                to="/p/$project/backlog"
                params={{ project: project.key }}
                className="text-accent underline underline-offset-2"
              >
                backlog
              </Link>
              .
            </p>
          </div>
          <AgentChoice
            project={project}
            agent={agent ?? null}
            change={(next) =>
              change({ ...(why !== undefined && { why }), ...(next !== null && { agent: next }) })
            }
          />
        </header>
        <QueuePart project={project} show="ready" agent={agent ?? null} title="Ready" />
        <QueuePart
          project={project}
          show={why ?? null}
          agent={agent ?? null}
          title="Not ready"
          narrow={(next) =>
            change({
              ...(next !== null && { why: next }),
              ...(agent !== undefined && { agent }),
            })
          }
        />
      </div>
    </main>
  )
}
