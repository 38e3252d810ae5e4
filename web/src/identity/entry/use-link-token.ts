import { useSyncExternalStore } from 'react'
import { type LinkPage, onToken, tokenOf } from '../link-token.ts'

/** Gives the token of the link that opened a page. */
export const useLinkToken = (page: LinkPage): string | null =>
  useSyncExternalStore(onToken, () => tokenOf(page))
