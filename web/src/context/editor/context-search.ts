/** The views of a context. */
export const CONTEXT_TABS = ['values', 'agent', 'history', 'proposals'] as const

/** One of them. */
export type ContextTab = (typeof CONTEXT_TABS)[number]

/** What the address of the editor says: the place, the key that is open, the view. */
export type ContextSearch = { at?: string; path?: string; tab?: ContextTab }

const AT = /^(global|[A-Z][A-Z0-9]{1,9}(-[1-9][0-9]{0,8}|\/[^\s/][^\n]{0,99})?)$/
const PATH_MAX = 512

/** Reads the address; what makes no sense in it is left out. */
export const contextSearch = (given: Readonly<Record<string, unknown>>): ContextSearch => {
  const { at, path } = given
  const tab = CONTEXT_TABS.find((one) => one === given['tab'])
  return {
    ...(typeof at === 'string' && AT.test(at) && { at }),
    ...(typeof path === 'string' && path !== '' && path.length <= PATH_MAX && { path }),
    ...(tab !== undefined && tab !== 'values' && { tab }),
  }
}
