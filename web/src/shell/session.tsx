import { Outlet, useNavigate } from '@tanstack/react-router'
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { AgainDialog } from '../identity/again-dialog.tsx'
import { FreshDialog } from '../identity/fresh-dialog.tsx'
import { forgetKey, keptKey, takeKeyFromAddress } from '../identity/key.ts'
import { keepFarewell, noteSignedOut, SIGNED_IN_PLACE, wasSignedIn } from '../identity/signed-in.ts'
import { anything, shape } from '../live/api.ts'
import { type Hall, openHall } from '../live/hall.ts'
import { HallContext, useHall, useTopic } from '../live/use-hall.ts'

const SignOutContext = createContext<() => void>(() => {})

/** Gives what signs this browser out. */
export const useSignOut = (): (() => void) => useContext(SignOutContext)

/** Shows the page to whoever is signed in, and sends everybody else to the way in. */
export const Session = () => {
  const key = useKey()
  const [isIn] = useState(wasSignedIn)
  return key === null && !isIn ? <ToSignIn /> : <SignedIn key={key} secret={key} />
}

const ToSignIn = () => {
  const leave = useLeave()
  useEffect(() => leave({ next: here() }, null), [leave])
  return null
}

type Leave = (search: Readonly<{ next?: string; with?: 'key' }>, said: string | null) => void

/** Gives what leads to the sign-in: once, however many requests were refused at the same time. */
const useLeave = (): Leave => {
  const navigate = useNavigate()
  const hasLeft = useRef(false)
  return useCallback(
    ({ next = '/', ...rest }, said) => {
      if (hasLeft.current) return
      hasLeft.current = true
      keepFarewell(said)
      forgetKey()
      noteSignedOut()
      const search = { ...rest, ...(next !== '/' && { next }) }
      navigate({ to: '/sign-in', search, replace: true }).catch(() => {})
    },
    [navigate],
  )
}

const here = (): string => window.location.pathname + window.location.search

const useKey = (): string | null => {
  const [key, setKey] = useState(keptKey)
  useEffect(() => {
    const onHash = (): void => {
      takeKeyFromAddress()
      setKey(keptKey())
    }
    window.addEventListener('hashchange', onHash)
    return () => window.removeEventListener('hashchange', onHash)
  }, [])
  return key
}

const SignedIn = ({ secret }: Readonly<{ secret: string | null }>) => {
  const leave = useLeave()
  const hall = useMemo(() => {
    const byKey = secret === null ? {} : { with: 'key' as const }
    return openHall(secret, ({ message }) => leave({ next: here(), ...byKey }, message))
  }, [secret, leave])
  useEffect(() => {
    hall.start().catch(() => {})
    return () => hall.stop()
  }, [hall])
  useOtherTabs(hall, { isByKey: secret !== null, leave })
  const warned = useRef(0)
  const signOut = (): void => {
    const waiting = hall.writes.waiting()
    if (waiting > warned.current) {
      warned.current = waiting
      return hall.notices.show('bad', lossText(waiting))
    }
    hall.writes.drop()
    if (secret !== null) return leave({ with: 'key' }, null)
    // The stream would be cut with the session, and come back to be told that it is over.
    hall.stop()
    const gone = (): void => leave({}, 'You are signed out.')
    // Whether or not the hub heard of it, this page has nothing more to show.
    hall.api.write('/sessions/current/sign-out', {}, anything).then(gone, gone)
  }
  return (
    <SignOutContext value={signOut}>
      <HallContext value={hall}>
        <Outlet />
        <AskFresh />
      </HallContext>
    </SignOutContext>
  )
}

const lossText = (waiting: number): string =>
  `${waiting === 1 ? 'A change still waits' : `${waiting} changes still wait`} for the hub. ` +
  'Sign out once more to give up what waits.'

type Tabs = Readonly<{ isByKey: boolean; leave: Leave }>

/** Follows what other tabs of this browser do: they share its session. */
const useOtherTabs = (hall: Hall, { isByKey, leave }: Tabs): void => {
  useEffect(() => {
    const onStorage = ({ key }: StorageEvent): void => {
      if (isByKey || (key !== null && key !== SIGNED_IN_PLACE)) return
      if (wasSignedIn()) {
        return void isStillMe(hall).then((isMe) =>
          isMe ? hall.again.settle(true) : startAnew(hall),
        )
      }
      hall.stop()
      leave({ next: here() }, 'You are signed out.')
    }
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
  }, [hall, isByKey, leave])
}

const isWho = shape<Readonly<{ id: string }>>('id')

// Where nobody answers, nobody can be taken for another.
const isStillMe = async ({ api, me }: Hall): Promise<boolean> => {
  const known = me()?.id
  if (known === undefined) return true
  return api.read('/me', isWho).then(
    ({ id }) => id === known,
    () => true,
  )
}

/** Loads the page anew, with nothing of whoever was here: neither shown, nor sent later. */
const startAnew = ({ writes }: Hall): void => {
  writes.drop()
  window.location.reload()
}

const AskFresh = () => {
  const { fresh, again } = useHall()
  const isAgain = useTopic('fresh', again.isAsked)
  const isFresh = useTopic('fresh', fresh.isAsked)
  if (isAgain) return <AgainDialog />
  return isFresh ? <FreshDialog /> : null
}
