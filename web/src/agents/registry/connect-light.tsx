import { useEffect } from 'react'
import { useLive } from '../../live/use-live.ts'
import { Moment } from '../../ui/moment.tsx'
import { AGENT_EVENTS, isKeys, type MadeKey } from './views.ts'

// The hub writes down every few seconds when keys were used; no event tells of it.
const LOOK_MS = 2_000
const KEYS = { is: isKeys, wants: AGENT_EVENTS, everyMs: LOOK_MS }

type ConnectLightProps = Readonly<{ made: MadeKey; connected?: () => void }>

/** Shows whether the new key was used: the light goes on when its program says its first word. */
export const ConnectLight = ({ made, connected }: ConnectLightProps) => {
  const usedAt = useFirstUse(made)
  useEffect(() => {
    if (usedAt !== null) connected?.()
  }, [usedAt, connected])
  const isOn = usedAt !== null
  return (
    <p
      role="status"
      data-light={isOn ? 'on' : 'off'}
      className={`flex items-center gap-2.5 rounded-card border border-line p-3 ${
        isOn ? 'bg-ok-soft text-ok' : 'bg-sunken text-text-2'
      }`}
    >
      <span
        aria-hidden="true"
        className={`size-2.5 shrink-0 rounded-full ${
          isOn ? 'bg-ok' : 'animate-pulse border border-edge'
        }`}
      />
      {isOn ? (
        <span>
          Connected: <Handle name={made.handle} /> said its first word <Moment at={usedAt} />.
        </span>
      ) : (
        <span>
          Waiting for the first word of <Handle name={made.handle} />. This turns on by itself.
        </span>
      )}
    </p>
  )
}

const Handle = ({ name }: Readonly<{ name: string }>) => (
  <span className="inline-block max-w-full align-bottom wrap-anywhere">@{name}</span>
)

const useFirstUse = ({ handle, key }: MadeKey): string | null => {
  const path = `/keys?principal=${handle}&limit=20`
  const first = useLive(path, KEYS)
  const ours = first.data?.items.find(({ prefix }) => key.startsWith(prefix))
  return ours?.lastUsedAt ?? null
}
