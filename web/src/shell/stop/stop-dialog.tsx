import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { isWorkers, type Worker } from '../../work/people-views.ts'
import { isHandles } from '../../identity/limits/views.ts'

const REASON_CHARS_MAX = 1_000

/** Says how much is under way, and stops all agents if the person still wants it. */
export const StopDialog = ({ close }: Readonly<{ close(): void }>) => {
  const workers = useRead('/work/workers', isWorkers)
  const agents = useRead('/agents?limit=100', isHandles)
  const handles = new Set(agents.data?.items.map(({ handle }) => handle))
  const isKnown = workers.data !== null && agents.data !== null
  const halt = workers.data?.stopped ?? null
  const busy = (workers.data?.items ?? []).filter(
    ({ handle, running }) => running > 0 && handles.has(handle),
  )
  return (
    <Dialog title={halt === null ? 'Stop all agents?' : 'All agents are stopped'} close={close}>
      <div className="grid gap-3 p-4">
        <p>
          {halt !== null ? 'They get no work until a person lets them.' : isKnown && underWay(busy)}
        </p>
        {halt === null ? <Stop close={close} /> : <Resume close={close} />}
      </div>
    </Dialog>
  )
}

const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${many}`

const underWay = (busy: readonly Worker[]): string => {
  const tasks = busy.reduce((sum, { running }) => sum + running, 0)
  if (tasks === 0) return 'No agent works on anything now. None will get work from here on.'
  const agents = counted(busy.length, 'agent works', 'agents work')
  return `${agents} on ${counted(tasks, 'task', 'tasks')} now.`
}

const Stop = ({ close }: Readonly<{ close(): void }>) => {
  const { api } = useHall()
  const deed = useDeed()
  const [reason, setReason] = useState('')
  const stop = async (): Promise<void> => {
    const why = reason.trim()
    await api.write('/work/stop', why === '' ? {} : { reason: why }, anything)
    close()
  }
  return (
    <>
      <p className="text-list text-text-2">
        They get no more work, and each is asked to stop with its next update. Nothing is taken from
        them, and they go on when a person says so.
      </p>
      <Form
        deed={deed}
        act={stop}
        button="Stop all agents"
        aside={<Button onClick={close}>Cancel</Button>}
      >
        <Field
          label="Why (may be left empty)"
          value={reason}
          change={setReason}
          maxLength={REASON_CHARS_MAX}
          first
        />
      </Form>
    </>
  )
}

const Resume = ({ close }: Readonly<{ close(): void }>) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const resume = async (): Promise<void> => {
    await api.write('/work/resume', {}, anything)
    notices.show('ok', 'Agents may work again.')
    close()
  }
  return <Form deed={deed} act={resume} button="Let them work again" />
}
