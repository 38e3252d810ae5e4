import { useNavigate } from '@tanstack/react-router'
import { anything, shape } from '../../live/api.ts'
import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import type { Server } from '../views.ts'

const isRefreshed = shape<{ found: number; failure: string | null }>('found', 'failure')

type ServerActionsProps = Readonly<{ server: Server; changed(): void }>

/** Shows what can be done with a server. */
export const ServerActions = ({ server, changed }: ServerActionsProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const navigate = useNavigate()
  const { slug, enabled } = server
  const mayManage = mayHere(me, 'catalogue:write')
  const isHeld = server.replicas.some(({ state }) => state !== 'closed') || server.state === 'open'
  const path = `/tool-servers/${slug}`
  const refresh = async (): Promise<void> => {
    const { found, failure } = await hall.api.write(`${path}/refresh`, {}, isRefreshed)
    if (failure === null) hall.notices.show('ok', `${slug} was asked: ${found} found.`)
    else hall.notices.show('bad', failure)
    changed()
  }
  const reset = async (): Promise<void> => {
    await hall.api.write(`${path}/reset`, {}, anything)
    changed()
  }
  const turn = async (): Promise<void> => {
    await hall.api.change(['PATCH', path], { enabled: !enabled }, anything)
    changed()
  }
  const remove = async (): Promise<void> => {
    await hall.api.change(['DELETE', path], null, anything)
    await navigate({ to: '/tools' })
  }
  return (
    <div className="flex flex-wrap gap-1.5">
      {isHeld && mayAnywhere(me, 'tool:write') && (
        <ActButton look="filled" act={reset} done={`Calls of ${slug} pass again.`}>
          Let calls pass
        </ActButton>
      )}
      {mayManage && enabled && <ActButton act={refresh}>Ask again</ActButton>}
      {mayManage && (
        <>
          <ActButton act={turn} done={`${slug} is ${enabled ? 'off' : 'on'}.`}>
            {enabled ? 'Switch off' : 'Switch on'}
          </ActButton>
          <ActButton
            look="quiet"
            act={remove}
            done={`${slug} is removed.`}
            ask={{
              title: `Remove ${slug}?`,
              about: 'Its tools, rules and accounts go with it. The record of calls stays.',
              button: 'Remove it',
            }}
          >
            Remove
          </ActButton>
        </>
      )}
    </div>
  )
}
