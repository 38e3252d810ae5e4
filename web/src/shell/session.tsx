import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { forgetKey, keepKey, keptKey, takeKeyFromAddress } from '../identity/key.ts'
import { SignIn } from '../identity/sign-in.tsx'
import { openHall } from '../live/hall.ts'
import { HallContext } from '../live/use-hall.ts'

const SignOutContext = createContext<() => void>(() => {})

/** Gives what signs this browser out. */
export const useSignOut = (): (() => void) => useContext(SignOutContext)

/** Shows the page to whoever is signed in, and the way in to everybody else. */
export const Session = ({ children }: Readonly<{ children: ReactNode }>) => {
  const [key, setKey] = useState(firstKey)
  const [said, setSaid] = useState<string | null>(null)
  const leave = useMemo(
    () => (why: string | null) => {
      forgetKey()
      setKey(null)
      setSaid(why)
    },
    [],
  )
  const use = (given: string): void => {
    keepKey(given)
    setSaid(null)
    setKey(given)
  }
  useEffect(() => {
    const onHash = (): void => {
      takeKeyFromAddress()
      setKey(keptKey())
    }
    window.addEventListener('hashchange', onHash)
    return () => window.removeEventListener('hashchange', onHash)
  }, [])
  if (key === null) return <SignIn said={said} use={use} />
  return (
    <SignOutContext value={() => leave(null)}>
      <SignedIn key={key} secret={key} leave={leave}>
        {children}
      </SignedIn>
    </SignOutContext>
  )
}

const firstKey = (): string | null => {
  takeKeyFromAddress()
  return keptKey()
}

type SignedInProps = Readonly<{
  secret: string
  leave(why: string | null): void
  children: ReactNode
}>

const SignedIn = ({ secret, leave, children }: SignedInProps) => {
  const hall = useMemo(() => openHall(secret, leave), [secret, leave])
  useEffect(() => {
    hall.start().catch(() => {})
    return () => hall.stop()
  }, [hall])
  return <HallContext value={hall}>{children}</HallContext>
}
