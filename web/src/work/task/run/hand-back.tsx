import { type SubmitEvent, useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/form/field.tsx'

type HandBackProps = Readonly<{
  taskKey: string
  close(): void
  handBack(input: Readonly<{ to?: string; note?: string }>): void
}>

/** Asks for a note for whoever goes on with a task, and for whom it is meant. */
export const HandBack = ({ taskKey, close, handBack }: HandBackProps) => {
  const [note, setNote] = useState('')
  const [to, setTo] = useState('')
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const [said, agent] = [note.trim(), to.trim()]
    handBack({ ...(agent !== '' && { to: agent }), ...(said !== '' && { note: said }) })
  }
  return (
    <Dialog title={`Hand ${taskKey} back`} close={close}>
      <form onSubmit={submit} className="grid gap-3 p-4">
        <Field
          label="Note"
          about="It becomes a comment: what was done, what is next."
          value={note}
          change={setNote}
          maxLength={4000}
          first
        />
        <Field
          label="Agent"
          about="Leave it empty to offer the task to everybody."
          placeholder="@dev-1"
          value={to}
          change={setTo}
          pattern="@?[a-z0-9][a-z0-9._\-]*"
          maxLength={40}
        />
        <Button type="submit" look="filled">
          Hand back
        </Button>
      </form>
    </Dialog>
  )
}
