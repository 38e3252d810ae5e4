import { isMac, strokesOf } from './stroke.ts'

const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
}

/** Gives what is written on the keys to press, stroke by stroke. */
export const capsOf = (keys: string, mac = isMac()): readonly (readonly string[])[] =>
  strokesOf(keys).map((stroke) =>
    stroke.split('+').map((part) => {
      if (part === 'Mod') return mac ? '⌘' : 'Ctrl'
      return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)
    }),
  )

/** Says keys in words: `G then H`, `Ctrl K`. */
export const saidKeys = (keys: string): string =>
  capsOf(keys)
    .map((caps) => caps.join(' '))
    .join(' then ')

/** Gives keys as `aria-keyshortcuts` wants them; sequences have no such form. */
export const ariaKeys = (keys: string): string | undefined => {
  const [stroke, more] = strokesOf(keys)
  if (stroke === undefined || more !== undefined) return undefined
  return stroke.replace('Mod', isMac() ? 'Meta' : 'Control')
}
