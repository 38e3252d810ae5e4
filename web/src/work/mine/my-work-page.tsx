import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Page } from '../../shell/page.tsx'
import { Coming } from '../../ui/state/coming.tsx'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import { Panel, PanelEmpty, PanelList } from '../../ui/panel.tsx'
import { RunningLine } from '../running-line.tsx'
import { QuestionLine, TaskLine } from './lines.tsx'
import { GROUPS, type Group, type Mine, useMine } from './use-mine.ts'

/** Shows what is the person's own: claims, tasks by state, questions, what they delegated. */
export const MyWorkPage = () => {
  const list = useRef<HTMLDivElement>(null)
  const mine = useMine()
  useWalk('My work', list)
  const { running, tasks, delegated, questions, trouble, isKnown } = mine
  const isEmpty = running.length + tasks.length + delegated.length + questions.length === 0
  return (
    <Page title="My work" about="What you hold, what is yours, and what you gave to agents.">
      {trouble !== null && <TroubleLine said={trouble} again={mine.again} />}
      {!isKnown && trouble === null && (
        <Coming what="your work" trouble={null} again={mine.again} lines={6} />
      )}
      <div ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        {isKnown && isEmpty && (
          <Panel title="Nothing is yours">
            <PanelEmpty>
              Take a task over, or let somebody assign you one: it stands here then.{' '}
              <Link to="/" className="text-accent underline">
                See what goes on
              </Link>
            </PanelEmpty>
          </Panel>
        )}
        <Held mine={mine} />
        {questions.length > 0 && (
          <Panel title="Questions" about="Of your agents, and about your tasks.">
            <PanelList label="Questions">
              {questions.map((question) => (
                <QuestionLine key={question.key} question={question} />
              ))}
            </PanelList>
          </Panel>
        )}
        {GROUPS.map((group) => (
          <TaskGroup key={group.name} group={group} mine={mine} />
        ))}
        {delegated.length > 0 && (
          <Panel title="Delegated" about="Yours, and with somebody else for now.">
            <PanelList label="Delegated">
              {delegated.map((task) => (
                <TaskLine key={task.key} task={task} who={task.holder ?? task.delegate} />
              ))}
            </PanelList>
          </Panel>
        )}
        {mine.isCut && (
          <p className="text-list text-text-2">
            These are the first hundred; the board shows the rest.
          </p>
        )}
      </div>
    </Page>
  )
}

const Held = ({ mine }: Readonly<{ mine: Mine }>) => {
  const claims = mine.running.filter(({ claimed }) => claimed)
  if (claims.length === 0) return null
  return (
    <Panel title="In your hands">
      <PanelList label="In your hands">
        {claims.map((item) => (
          <RunningLine key={item.key} item={item} isAboutOne />
        ))}
      </PanelList>
    </Panel>
  )
}

const TaskGroup = ({ group, mine }: Readonly<{ group: Group; mine: Mine }>) => {
  const tasks = mine.tasks.filter((task) => group.has(task))
  if (tasks.length === 0) return null
  return (
    <Panel title={group.name}>
      <PanelList label={group.name}>
        {tasks.map((task) => (
          <TaskLine key={task.key} task={task} who={null} />
        ))}
      </PanelList>
    </Panel>
  )
}
