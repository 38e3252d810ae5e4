import { useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge, type Hue } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Coming } from '../../ui/state/coming.tsx'
import { Moment } from '../../ui/moment.tsx'
import { type Delivery, isDeliveries, isReplayed, pathOf, type Subscription } from './views.ts'

type DeliveriesProps = Readonly<{ of: Subscription; mayReplay: boolean }>

const STATES: Readonly<Record<Delivery['state'], readonly [Hue, string]>> = {
  waiting: ['run', 'Waiting'],
  held: ['wait', 'Held'],
  done: ['ok', 'Arrived'],
  dead: ['bad', 'Given up'],
  withheld: ['plain', 'Withheld'],
}

/** Shows the last deliveries of a subscription, or those given up, and sends them again. */
export const Deliveries = ({ of, mayReplay }: DeliveriesProps) => {
  const { api, notices } = useHall()
  const [isDead, setDead] = useState(false)
  const path = pathOf('subscriptions', of, '/deliveries')
  const query = `${path.includes('?') ? '&' : '?'}limit=20${isDead ? '&state=dead' : ''}`
  const { data, trouble, again } = useRead(`${path}${query}`, isDeliveries)
  const replay = async (delivery?: string): Promise<void> => {
    const input = delivery === undefined ? {} : { delivery }
    const told = await api.write(pathOf('subscriptions', of, '/replay'), input, isReplayed)
    notices.show('ok', `${told.replayed} sent again, ${told.dead} still given up.`)
    again()
  }
  return (
    <section aria-label={`Deliveries of ${of.name}`} className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <Button look="quiet" aria-pressed={!isDead} onClick={() => setDead(false)}>
          All
        </Button>
        <Button look="quiet" aria-pressed={isDead} onClick={() => setDead(true)}>
          Given up
        </Button>
        <Button look="quiet" onClick={again}>
          Look again
        </Button>
        {mayReplay && (
          <ActButton
            act={() => replay()}
            ask={{
              title: 'Send again what was given up?',
              about: 'Up to 1000 deliveries are sent again under the ids that they had.',
              button: 'Send again',
            }}
          >
            Replay all given up
          </ActButton>
        )}
      </div>
      {(data === null || trouble !== null) && (
        <Coming what="deliveries" trouble={trouble} again={again} lines={2} />
      )}
      {data?.items.length === 0 && (
        <p className="text-list text-text-2">
          {isDead ? 'Nothing was given up.' : 'Nothing was sent in the last month.'}
        </p>
      )}
      {data !== null && data.items.length > 0 && (
        <ul aria-label="Deliveries" className="grid gap-1.5 text-list">
          {data.items.map((one) => (
            <Line key={one.id} one={one} mayReplay={mayReplay} replay={() => replay(one.id)} />
          ))}
        </ul>
      )}
    </section>
  )
}

type LineProps = Readonly<{ one: Delivery; mayReplay: boolean; replay(): Promise<void> }>

const Line = ({ one, mayReplay, replay }: LineProps) => {
  const [hue, state] = STATES[one.state]
  const canReplay = mayReplay && (one.state === 'dead' || one.state === 'done')
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge hue={hue}>{state}</Badge>
      <code className="font-mono text-meta">{one.event}</code>
      <span className="text-text-3">
        <Moment at={one.createdAt} />
        {one.tries > 0 && `, ${one.tries === 1 ? 'one try' : `${one.tries} tries`}`}
        {one.status !== null && `, ${one.status}`}
        {one.why !== null && one.status === null && `, ${one.why.replaceAll('_', ' ')}`}
        {one.nextAt !== null && ', next '}
        {one.nextAt !== null && <Moment at={one.nextAt} />}
      </span>
      {one.said !== null && one.state !== 'done' && (
        <span className="max-w-full truncate text-text-2" title={one.said}>
          {one.said}
        </span>
      )}
      {canReplay && (
        <ActButton look="quiet" aria-label={`Send ${one.event} again`} act={replay}>
          Replay
        </ActButton>
      )}
    </li>
  )
}
