import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ProposalItem } from '../context/proposals/proposal-item.tsx'
import { INBOX_TOPIC } from '../live/inbox.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { Panel, PanelList } from '../ui/panel.tsx'
import { QuestionText } from '../work/task/talk/questions.tsx'

/** Shows what agents and people ask, and takes the answers. */
export const QuestionsPanel = () => {
  const hall = useHall()
  const questions = useTopic(INBOX_TOPIC, hall.inbox.questions)
  if (questions.length === 0) return null
  return (
    <Panel title="Questions" about="Whoever asked hears the answer with their next reply.">
      <PanelList label="Questions">
        {questions.map((question) => (
          <Asks key={question.key} id={question.key}>
            {question.task !== null && (
              <p className="text-list">
                About{' '}
                <Link
                  to="/t/$key"
                  params={{ key: question.task }}
                  className="text-accent underline"
                >
                  {question.task}
                </Link>
              </p>
            )}
            <QuestionText taskKey={question.task} question={question} mayAnswer />
          </Asks>
        ))}
      </PanelList>
    </Panel>
  )
}

/** Shows what is proposed to a context, and what to do about it. */
export const ProposalsPanel = () => {
  const hall = useHall()
  const proposals = useTopic(INBOX_TOPIC, hall.inbox.proposals)
  const decided = (): void => {
    hall.inbox.read().catch(() => {})
  }
  if (proposals.length === 0) return null
  return (
    <Panel
      title="Proposals"
      about="Values that somebody wants in a context for more than one task."
    >
      <PanelList label="Proposals">
        {proposals.map((proposal) => (
          <Asks key={proposal.id} id={proposal.id}>
            <ProposalItem proposal={proposal} decides decided={decided} />
          </Asks>
        ))}
      </PanelList>
    </Panel>
  )
}

const Asks = ({ id, children }: Readonly<{ id: string; children: ReactNode }>) => (
  <li data-asks={id} data-line={id} tabIndex={-1} className="grid grid-cols-1 gap-1 px-4 py-3">
    {children}
  </li>
)
