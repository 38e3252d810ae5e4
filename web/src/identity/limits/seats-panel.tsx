import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { type Me, mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { isWorkers, WORK_EVENTS } from '../../work/people-views.ts'
import { type Agent, isAgents } from './views.ts'

const AGENTS = { is: isAgents, wants: /^identity\.(principal|responsible|seats)_/ }
const WORKERS = { is: isWorkers, wants: WORK_EVENTS }
const SEATS_MAX = 100

/** Shows how many tasks each agent may hold at a time, and how many it holds. */
export const SeatsPanel = ({ me }: Readonly<{ me: Me }>) => {
  const read = useLive('/agents?limit=100', AGENTS)
  const workers = useLive('/work/workers', WORKERS).data?.items ?? []
  const [open, setOpen] = useState<string | null>(null)
  const mayChange = ({ responsible }: Agent): boolean =>
    mayAnywhere(me, 'agent:write') && (responsible === me.handle || mayHere(me, 'member:write'))
  const agents = read.data?.items ?? []
  return (
    <Panel
      title="Tasks at a time"
      anchor="seats"
      about="What an agent holds at once. It is given no more until it has ended one of them."
      read={read}
    >
      {read.data !== null && agents.length === 0 && (
        <PanelEmpty>
          No agent works here yet.{' '}
          <Link to="/agents" search={{ connect: true }} className="text-accent underline">
            Connect one
          </Link>
        </PanelEmpty>
      )}
      {agents.length > 0 && (
        <PanelList label="Tasks at a time">
          {agents.map((agent) => {
            const { handle, seatLimit } = agent
            const holds = workers.find((one) => one.handle === handle)?.keys.length ?? 0
            const isFull = seatLimit !== null && holds >= seatLimit
            return (
              <PanelItem
                key={handle}
                name={<Person handle={handle} size="large" />}
                about={
                  <>
                    holds {holds} of {seatLimit ?? 'any number'}
                    {isFull && <Badge hue="wait">full</Badge>}
                  </>
                }
                action={
                  mayChange(agent) && (
                    <Button
                      look="quiet"
                      aria-label={`Change the limit of @${handle}`}
                      aria-expanded={open === handle}
                      onClick={() => setOpen(open === handle ? null : handle)}
                    >
                      {open === handle ? 'Close' : 'Change'}
                    </Button>
                  )
                }
                more={
                  open === handle && (
                    <SeatsForm
                      agent={agent}
                      done={() => {
                        setOpen(null)
                        read.again()
                      }}
                    />
                  )
                }
              />
            )
          })}
        </PanelList>
      )}
      {read.data !== null && read.data.next !== null && (
        <PanelEmpty>There are more; the command line lists all.</PanelEmpty>
      )}
    </Panel>
  )
}

const SeatsForm = ({ agent, done }: Readonly<{ agent: Agent; done(): void }>) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const { handle, seatLimit, version } = agent
  const [seats, setSeats] = useState(String(seatLimit ?? 1))
  const save = async (): Promise<void> => {
    const input = { seats: Number(seats), version }
    await api.change(['PUT', `/agents/${handle}/seats`], input, anything)
    notices.show('ok', `@${handle} may hold ${seats} at a time. What it holds already stays.`)
    done()
  }
  return (
    <div className="mb-1.5 rounded-card bg-sunken p-3">
      <Form deed={deed} act={save} button="Save" fields={['seats']} calm>
        <Field
          label={`Tasks of @${handle} at a time`}
          type="number"
          min={1}
          max={SEATS_MAX}
          value={seats}
          change={setSeats}
          problem={problemAt(deed, 'seats')}
          className="max-w-24"
          required
          first
        />
      </Form>
    </div>
  )
}
