// A sign-in through another issuer leaves this page and comes back to it. What ties the answer to
// this browser stays in this tab; what came back leaves the address at once.

/** What began here and ends at the callback. */
export type Begun = Readonly<{ binding: string; kind: 'sign-in' | 'link'; next: string }>

/** What an issuer sent the browser back with. */
export type CameBack = Readonly<{ state: string; code: string; iss?: string }>

const PLACE = 'guildhall.external'
const CALLBACK = '/sign-in/callback'

let cameBack: CameBack | null = null

/** Takes the issuer's answer out of the address. */
export const takeCallbackFromAddress = (): void => {
  const { pathname, search } = window.location
  if (pathname !== CALLBACK || search === '') return
  window.history.replaceState(null, '', pathname)
  const given = new URLSearchParams(search)
  const [state, code, iss] = [given.get('state'), given.get('code'), given.get('iss')]
  if (state === null || code === null) return
  cameBack = { state, code, ...(iss !== null && { iss }) }
}

/** Gives the issuer's answer; `null` where there is none, or it was a refusal. */
export const issuerAnswer = (): CameBack | null => cameBack

/** Notes what began, and goes to the issuer. */
export const goToIssuer = (address: string, begun: Begun): void => {
  window.sessionStorage.setItem(PLACE, JSON.stringify(begun))
  window.location.assign(address)
}

/** Takes what began in this tab, once. */
export const takeBegun = (): Begun | null => {
  const kept: unknown = JSON.parse(window.sessionStorage.getItem(PLACE) ?? 'null')
  window.sessionStorage.removeItem(PLACE)
  return isBegun(kept) ? kept : null
}

const isBegun = (kept: unknown): kept is Begun =>
  typeof kept === 'object' && kept !== null && 'binding' in kept && 'kind' in kept && 'next' in kept
