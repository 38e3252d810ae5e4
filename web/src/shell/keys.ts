import { useEffect, useRef } from 'react'

/** One key and what it does, as the sheet shows it. */
export type Binding = Readonly<{
  /** Names of keys as `KeyboardEvent.key` has them; the first one is shown. */
  keys: readonly string[]
  label: string
  run(): void
  when?: () => boolean
}>

type Scope = Readonly<{ name: string; bindings: () => readonly Binding[] }>

// The nearest scope comes last and is asked first.
const scopes: Scope[] = []

/** Lists the keys that work now, by scope, the nearest first. */
export const activeKeys = (): readonly Readonly<{ name: string; bindings: readonly Binding[] }>[] =>
  scopes.map(({ name, bindings }) => ({ name, bindings: bindings() })).toReversed()

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

/** Listens for keys; off while somebody writes, and while a dialog is open. */
export const listenForKeys = (): (() => void) => {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (isWriting(event.target) || document.querySelector('dialog[open]')) return
    const binding = bindingFor(event.key)
    if (!binding) return
    event.preventDefault()
    binding.run()
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

const bindingFor = (key: string): Binding | undefined =>
  scopes
    .toReversed()
    .flatMap(({ bindings }) => bindings())
    .find(({ keys, when }) => keys.includes(key) && (when?.() ?? true))

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select'))
