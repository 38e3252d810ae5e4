import { useEffect, useRef, useState } from 'react'
import type { ApprovalItem } from '../live/inbox.ts'
import { Button } from '../ui/button.tsx'
import { type Deed, problemAt, useDeed } from '../ui/form/deed.ts'
import { Field } from '../ui/form/field.tsx'
import { Form } from '../ui/form/form.tsx'
import type { Decision } from './views.ts'

// So long a yes to high risk waits for its second press: a double press is no second thought.
const SECOND_THOUGHT_MS = 600
const REASON_CHARS_MAX = 1000

type DecisionBarProps = Readonly<{
  item: ApprovalItem
  deed: Deed
  /** What the person has begun to say. */
  begun: Decision | null
  begin(decision: Decision | null): void
  decide(decision: Decision, reason: string): Promise<void>
}>

/** Shows what can be said to an approval: a yes, a no, or what should be another way. */
export const DecisionBar = ({ item, deed, begun, begin, decide }: DecisionBarProps) => {
  const cancel = (): void => begin(null)
  if (begun === 'approve') {
    const approve = (): void => deed.run(() => decide('approve', ''))
    return <SecondThought item={item} deed={deed} approve={approve} cancel={cancel} />
  }
  if (begun !== null) {
    return <ReasonForm decision={begun} send={(why) => decide(begun, why)} cancel={cancel} />
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button look="filled" disabled={deed.isBusy} onClick={() => begin('approve')}>
        Approve
      </Button>
      <Button disabled={deed.isBusy} onClick={() => begin('deny')}>
        Deny
      </Button>
      <Button disabled={deed.isBusy} onClick={() => begin('changes')}>
        Request changes
      </Button>
    </div>
  )
}

type SecondThoughtProps = Readonly<{
  item: ApprovalItem
  deed: Deed
  approve(): void
  cancel(): void
}>

const SecondThought = ({ item, deed, approve, cancel }: SecondThoughtProps) => {
  const ref = useRef<HTMLButtonElement>(null)
  const warning = useRef<HTMLParagraphElement>(null)
  const [isReady, setReady] = useState(false)
  useEffect(() => {
    // What is pressed too early meets the warning, and neither the line nor a button.
    warning.current?.focus()
    const timer = setTimeout(() => setReady(true), SECOND_THOUGHT_MS)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    if (isReady) ref.current?.focus()
  }, [isReady])
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p ref={warning} tabIndex={-1} className="basis-full text-list text-bad outline-none">
        High risk: read the arguments once more. Nobody undoes this for you.
      </p>
      <Button ref={ref} look="filled" disabled={!isReady || deed.isBusy} onClick={approve}>
        Approve {item.key}
      </Button>
      <Button onClick={cancel}>Cancel</Button>
    </div>
  )
}

type ReasonFormProps = Readonly<{
  decision: 'deny' | 'changes'
  send(reason: string): Promise<void>
  cancel(): void
}>

const ReasonForm = ({ decision, send, cancel }: ReasonFormProps) => {
  const deed = useDeed()
  const [reason, setReason] = useState('')
  const isDeny = decision === 'deny'
  return (
    <Form
      deed={deed}
      act={() => send(reason)}
      button={isDeny ? 'Deny' : 'Request changes'}
      fields={['reason']}
      aside={
        <Button look="quiet" onClick={cancel}>
          Cancel
        </Button>
      }
    >
      <Field
        label={isDeny ? 'Reason' : 'What should change'}
        about={
          isDeny ? 'Whoever asked reads it. You may leave it empty.' : 'Whoever asked reads it.'
        }
        value={reason}
        change={setReason}
        problem={problemAt(deed, 'reason')}
        maxLength={REASON_CHARS_MAX}
        required={!isDeny}
        first
      />
    </Form>
  )
}
