// Keys of one sign are in the way of who speaks to their machine, or hits keys by accident: they
// can be switched off, for this browser.

const PLACE = 'guildhall.single-keys'

/** Tells whether keys of a single sign do something here. */
export const singleKeys = (): 'on' | 'off' =>
  window.localStorage.getItem(PLACE) === 'off' ? 'off' : 'on'

/** Switches keys of a single sign on or off. */
export const setSingleKeys = (wanted: 'on' | 'off'): void => {
  if (wanted === 'on') window.localStorage.removeItem(PLACE)
  else window.localStorage.setItem(PLACE, wanted)
}
