import { Outlet, useNavigate } from '@tanstack/react-router'
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { AgainDialog } from '../identity/again-dialog.tsx'
import { FreshDialog } from '../identity/fresh-dialog.tsx'
import { forgetKey, keptKey, takeKeyFromAddress } from '../identity/key.ts'
import { keepFarewell, noteSignedOut, wasSignedIn } from '../identity/signed-in.ts'
import { anything } from '../live/api.ts'
import { openHall } from '../live/hall.ts'
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
  useEffect(() => {
    // Whoever signs out in one tab of this browser is out of all of them.
    const onStorage = (): void => {
      if (secret !== null || wasSignedIn()) return
      hall.stop()
      leave({ next: here() }, 'You are signed out.')
    }
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
  }, [hall, secret, leave])
  const signOut = (): void => {
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

const AskFresh = () => {
  const { fresh, again } = useHall()
  const isAgain = useTopic('fresh', again.isAsked)
  const isFresh = useTopic('fresh', fresh.isAsked)
  if (isAgain) return <AgainDialog />
  return isFresh ? <FreshDialog /> : null
}
