import { useEffect, useRef } from 'react'
import { sequencer } from './keyboard/sequence.ts'
import { singleKeys } from './keyboard/single-keys.ts'
import { isMac, type Press, strokeOf } from './keyboard/stroke.ts'
import { type KnownId, KNOWN, rankOf } from './keyboard/table.ts'

/** Keys and what they do, as the sheet and the palette show it. */
export type Binding = Readonly<{
  /** The entry of the table it comes from. */
  id?: string
  /**
   * What to press; the first one is shown. `J` is Shift and j, `g h` one after the other,
   * `Mod+k` the command key and k.
   */
  keys: readonly string[]
  label: string
  run(): void
  when?: () => boolean
  /** It works while somebody writes, too: only for what no field does by itself. */
  inFields?: boolean
}>

/** The keys of one part of the page. */
export type ActiveScope = Readonly<{ name: string; bindings: readonly Binding[] }>

type Scope = Readonly<{ name: string; bindings: () => readonly Binding[] }>

const scopes: Scope[] = []

// Nearest first: by the rank of the scope, and in one rank what was shown last.
const nearest = (): readonly Scope[] =>
  scopes.toReversed().sort((a, b) => rankOf(b.name) - rankOf(a.name))

/** Lists the keys that work now, by scope, the nearest first. */
export const activeKeys = (): readonly ActiveScope[] =>
  nearest().map(({ name, bindings }) => ({ name, bindings: bindings() }))

/** Makes a binding of an entry of the table. */
export const known = (
  id: KnownId,
  run: () => void,
  more: Pick<Binding, 'when' | 'inFields'> = {},
): Binding => ({ id, keys: KNOWN[id].keys, label: KNOWN[id].label, run, ...more })

/** Makes keys work as long as the calling part of the page is shown. */
export const useKeys = (name: string, bindings: readonly Binding[]): void => {
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  useEffect(() => {
    const scope = { name, bindings: () => latest.current }
    scopes.push(scope)
    return () => {
      scopes.splice(scopes.indexOf(scope), 1)
    }
  }, [name])
}

/** Listens for keys; off while somebody writes or chooses from a list. */
export const listenForKeys = (): (() => void) => {
  const strokes = sequencer<Binding>()
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    const stroke = strokeOf(pressOf(event), isMac())
    if (stroke === null || isBrowsers(stroke, event.target)) return
    const isWritten = isWriting(event.target)
    const open = nearest().filter(({ name }) => name === 'Dialog' || !isDialogOpen())
    const lists = open.map(({ bindings }) =>
      bindings().filter(({ inFields }) => !isWritten || inFields === true),
    )
    const { binding, isTaken } = strokes.press(stroke, {
      at: event.timeStamp,
      scopes: lists,
      singles: singleKeys() === 'on',
    })
    if (isTaken) event.preventDefault()
    binding?.run()
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

/** Opens what has the focus, as Enter does. */
export const openHere = (): void => {
  const here = document.activeElement
  if (here instanceof HTMLElement && here.matches('a[href], button')) here.click()
}

const pressOf = (event: KeyboardEvent): Press => {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event
  const isThirdSign = event.getModifierState('AltGraph')
  return { key, code, ctrlKey, metaKey, altKey, shiftKey, isThirdSign }
}

const isDialogOpen = (): boolean => document.querySelector('dialog[open]') !== null

const WRITING =
  'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, ' +
  '[role="listbox"], [role="menu"], [role="menu"] *, [role="combobox"]'

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(WRITING))

// What the browser does with a key on a control stays; so does closing what it opened itself.
const isBrowsers = (stroke: string, target: EventTarget | null): boolean => {
  if (stroke === 'Escape') return document.querySelector('[popover="auto"]:popover-open') !== null
  if (!(target instanceof HTMLElement)) return false
  if (stroke === 'Enter') return target.matches('a[href], button, summary')
  return stroke === 'Space' && target.matches('button, summary, input')
}
