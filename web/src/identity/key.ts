// How this page knows who is using it, until the hub has a sign-in of its own: an API key that
// comes once in the address (`/#key=guild_...`, which no request carries) or is pasted, and stays
// in this browser until it is signed out.

const PLACE = 'guildhall.key'
const FORM = /^guild_[A-Za-z0-9_-]{16,200}$/

/** Tells whether a text looks like one of our keys. */
export const isKey = (text: string): boolean => FORM.test(text)

/** Takes the key out of the address, so that neither history nor a shared link holds it. */
export const takeKeyFromAddress = (): void => {
  const { hash, pathname, search } = window.location
  const given = new URLSearchParams(hash.slice(1)).get('key')
  if (given === null) return
  window.history.replaceState(null, '', pathname + search)
  if (isKey(given)) keepKey(given)
}

/** Gives the key this browser is signed in with. */
export const keptKey = (): string | null => window.localStorage.getItem(PLACE)

/** Keeps a key in this browser. */
export const keepKey = (key: string): void => window.localStorage.setItem(PLACE, key)

/** Forgets the key. */
export const forgetKey = (): void => window.localStorage.removeItem(PLACE)
