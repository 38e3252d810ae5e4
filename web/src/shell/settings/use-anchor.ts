import { useLocation } from '@tanstack/react-router'
import { type RefObject, useEffect } from 'react'

// A panel that is still being read comes a moment later, and those above it may grow: for so long
// the page keeps to what was wished for, unless the person goes on by themselves.
const COMES_MS = 4000
const OWN_WAYS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const

/** Leads to the part of the page that the address names, once it is there. */
export const useAnchor = (page: RefObject<HTMLElement | null>): void => {
  const anchor = useLocation({ select: ({ hash }) => hash })
  useEffect(() => {
    const root = page.current
    if (anchor === '' || root === null) return undefined
    const end = new AbortController()
    const { signal } = end
    let isThere = false
    const grown = new ResizeObserver(() => {
      isThere = keepTo(anchor, isThere)
    })
    grown.observe(root)
    const timer = setTimeout(() => end.abort(), COMES_MS)
    for (const way of OWN_WAYS) document.addEventListener(way, () => end.abort(), { signal })
    signal.addEventListener('abort', () => {
      grown.disconnect()
      clearTimeout(timer)
    })
    return () => end.abort()
  }, [page, anchor])
}

/** Goes to a place, or stays with it where its focus still is; tells whether it is there. */
const keepTo = (anchor: string, isThere: boolean): boolean => {
  const place = document.getElementById(anchor)
  if (place === null) return false
  if (!isThere) {
    if (!place.hasAttribute('tabindex')) place.setAttribute('tabindex', '-1')
    place.focus({ preventScroll: true })
  }
  if (document.activeElement === place) place.scrollIntoView({ block: 'start' })
  return true
}
