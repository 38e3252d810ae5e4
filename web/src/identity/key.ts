// A second way for this page to be somebody, beside the session: an API key that comes once in the
// address (`/#key=guild_...`, which no request carries) or is pasted. It stays in this tab only and
// goes with it.

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

/** Gives the key that this tab works with. */
export const keptKey = (): string | null => window.sessionStorage.getItem(PLACE)

/** Keeps a key in this tab. */
export const keepKey = (key: string): void => window.sessionStorage.setItem(PLACE, key)

/** Forgets the key. */
export const forgetKey = (): void => window.sessionStorage.removeItem(PLACE)
