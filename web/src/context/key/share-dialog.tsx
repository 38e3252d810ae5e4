import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { AreaField } from '../../ui/form/area-field.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { Select } from '../../ui/form/select.tsx'
import { type Tier, tierOption } from '../views.ts'
import { Whole } from './whole.tsx'

type Shared = Readonly<{ id: string; to: string; state: string; count: number }>
const isShared = shape<Shared>('id', 'to', 'state', 'count')

type ShareDialogProps = Readonly<{
  proposal: Readonly<{ path: string; data: unknown }>
  from: string
  to: readonly Tier[]
  close(): void
}>

/** Proposes to an outer tier what an inner one says; somebody there decides. */
export const ShareDialog = ({ proposal, from, to, close }: ShareDialogProps) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const [at, setAt] = useState(to.at(-1)?.at ?? 'global')
  const [reason, setReason] = useState('')
  const share = async (): Promise<void> => {
    const { path, data } = proposal
    const body = { at, path, data, from, ...(reason.trim() !== '' && { reason }) }
    const { id, state, count } = await api.write('/context/share', body, isShared)
    const again = count > 1 ? `, proposed ${count} times` : ''
    notices.show('ok', `${id} to ${at} is ${state}${again}.`)
    close()
  }
  return (
    <Dialog title={`Propose ${proposal.path}`} close={close} wide>
      <div className="grid gap-3 p-4">
        <Whole value={proposal.data} />
        <Form deed={deed} act={share} button="Propose it">
          <Select label="To" value={at} options={to.map(tierOption)} change={setAt} />
          <AreaField
            label="Reason"
            about="Whoever decides reads it. You may leave it empty."
            value={reason}
            change={setReason}
          />
        </Form>
      </div>
    </Dialog>
  )
}
