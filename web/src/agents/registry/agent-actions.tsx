import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import type { Agent } from './views.ts'

type AgentActionsProps = Readonly<{ agent: Agent; changed(): void }>

/** Shows what can be done with an agent: shut it out or let it in, give it to another person. */
export const AgentActions = ({ agent, changed }: AgentActionsProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isHanding, setHanding] = useState(false)
  const { handle, status, responsible } = agent
  const change = (act: 'suspend' | 'activate') => async (): Promise<void> => {
    await hall.api.write(`/principals/${handle}/${act}`, {}, anything)
    changed()
  }
  const isMine = responsible === me?.handle
  const mayHand = mayHere(me, 'member:write') || (isMine && mayAnywhere(me, 'agent:write'))
  return (
    <span className="flex flex-wrap gap-2">
      {mayHere(me, 'member:write') &&
        (status === 'active' ? (
          <ActButton
            act={change('suspend')}
            done={`@${handle} is suspended: its keys let nobody in.`}
            ask={{
              title: `Suspend @${handle}?`,
              about:
                'Its keys stop at once. What it holds goes back to the queue when its lease ends.',
              button: 'Suspend',
            }}
          >
            Suspend
          </ActButton>
        ) : (
          <ActButton act={change('activate')} done={`@${handle} is let in again.`}>
            Activate
          </ActButton>
        ))}
      {mayHand && <Button onClick={() => setHanding(true)}>Hand over</Button>}
      {isHanding && <HandOver handle={handle} changed={changed} close={() => setHanding(false)} />}
    </span>
  )
}

type HandOverProps = Readonly<{ handle: string; changed(): void; close(): void }>

const HandOver = ({ handle, changed, close }: HandOverProps) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const [to, setTo] = useState('')
  const hand = async (): Promise<void> => {
    await api.write(`/agents/${handle}/hand-over`, { to }, anything)
    notices.show('ok', `@${to.replace(/^@/, '')} answers for @${handle} from now on.`)
    changed()
    close()
  }
  return (
    <Dialog title={`Hand @${handle} over`} close={close}>
      <div className="p-4">
        <Form deed={deed} act={hand} button="Hand over">
          <p className="text-list text-text-2">
            Its rights end where those of its new person end. Its keys stay; replace those that
            others know.
          </p>
          <Field
            label="The person who answers for it"
            about="A handle, such as @ana."
            value={to}
            change={setTo}
            maxLength={40}
            required
            first
          />
        </Form>
      </div>
    </Dialog>
  )
}
