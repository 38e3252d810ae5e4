// After an update of the hub the parts that a running page still wants are gone: it starts anew,
// once. If that does not help, something else is wrong, and is shown.

const PLACE = 'guildhall.reloaded'

const build = (): string =>
  document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? ''

/** Loads a part of the page that comes later. */
export const loadPart = async <T>(load: () => Promise<T>): Promise<T> => {
  try {
    return await load()
  } catch (thrown) {
    if (!navigator.onLine || window.sessionStorage.getItem(PLACE) === build()) throw thrown
    window.sessionStorage.setItem(PLACE, build())
    window.location.reload()
    return new Promise(() => {})
  }
}
