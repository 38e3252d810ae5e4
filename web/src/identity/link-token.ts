// Links that let somebody do one thing once carry their token in the fragment, which no request
// carries. It leaves the address at once and stays in memory: not in the history, not in storage.

/** Pages for whoever is not signed in: links lead to them. */
export const ENTRY_PAGES = ['/invitation', '/reset', '/verify', '/sign-in', '/set-up'] as const
const FORM = /^[0-9A-Za-z._-]{20,400}$/

/** A page that links open. */
export type LinkPage = (typeof ENTRY_PAGES)[number]

const listeners = new Set<() => void>()
let taken: Readonly<{ page: string; token: string }> | null = null

/** Takes the token of a link out of the address of its page. */
export const takeTokenFromAddress = (): void => {
  const { hash, pathname: page, search } = window.location
  if (hash.length < 2 || !ENTRY_PAGES.some((known) => known === page)) return
  window.history.replaceState(null, '', page + search)
  const token = hash.slice(1)
  taken = FORM.test(token) ? { page, token } : null
  for (const listener of [...listeners]) listener()
}

/** Calls back whenever a token was taken or forgotten, until the answer is called. */
export const onToken = (changed: () => void): (() => void) => {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

/** Gives the token of the link that opened a page. */
export const tokenOf = (page: LinkPage): string | null =>
  taken?.page === page ? taken.token : null

/** Forgets the token: its link is over, or its holder takes another way. */
export const forgetToken = (): void => {
  taken = null
  for (const listener of [...listeners]) listener()
}
