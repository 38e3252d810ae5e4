import { lazyRouteComponent } from '@tanstack/react-router'
import { type ComponentType, createElement, use } from 'react'
import { isThere, ownEntries, servesOther } from '../live/own/build.ts'

// After an update of the hub the parts that a running page still wants are gone: it starts anew,
// once. While the hub cannot be reached it must not: a page that is loaded anew then is lost, and
// with it every change that waits. A browser never asks for a part again that did not come; so the
// person who tries again loads the page anew, too, as soon as the hub is there.

const PLACE = 'guildhall.reloaded'

/** Tells that a part of the page did not come. */
export class PartMissing extends Error {
  constructor() {
    super('This part of the page could not be fetched. Try again when the hub can be reached.')
    this.name = 'PartMissing'
  }
}

/** Loads a part of the page that comes later. */
export const loadPart = async <T>(load: () => Promise<T>): Promise<T> => {
  try {
    return await load()
  } catch {
    const build = String(ownEntries())
    if (window.sessionStorage.getItem(PLACE) === build || !(await servesOther())) {
      throw new PartMissing()
    }
    window.sessionStorage.setItem(PLACE, build)
    window.location.reload()
    return new Promise(() => {})
  }
}

/** Makes the component of a page that is fetched when it is gone to. */
export const lazyPage: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(() => loadPart(load), name)

/** Makes a component of a part that is fetched when it is first shown. */
export const lazyPart = <P extends object>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> => {
  let coming: Promise<ComponentType<P>> | null = null
  const LazyPart = (props: P) => {
    coming ??= loadPart(load)
    return createElement(use(coming), props)
  }
  return LazyPart
}

/** Loads the page anew where a part of it did not come, if the hub is there; tells whether so. */
export const loadAnewFor = async (thrown: unknown): Promise<boolean> => {
  if (!(thrown instanceof PartMissing) || !(await isThere())) return false
  window.location.reload()
  return true
}
