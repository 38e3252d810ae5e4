import { type SubmitEvent, useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/form/field.tsx'

type ReasonDialogProps = Readonly<{
  title: string
  /** What will happen. */
  about: string
  button: string
  isNeeded?: boolean
  maxLength: number
  close(): void
  done(reason: string): void
}>

/** Asks why something is done, and says what will come of it. */
export const ReasonDialog = (props: ReasonDialogProps) => {
  const { title, about, button, isNeeded = false, maxLength, close, done } = props
  const [reason, setReason] = useState('')
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    done(reason.trim())
  }
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={submit} className="grid gap-3 p-4">
        <p className="text-list text-text-2">{about}</p>
        <Field
          label="Reason"
          value={reason}
          change={setReason}
          maxLength={maxLength}
          required={isNeeded}
          dir="auto"
          first
        />
        <Button type="submit" look="filled">
          {button}
        </Button>
      </form>
    </Dialog>
  )
}
