// A stroke is one press as text: `j`, `Shift+j`, `Mod+k`, `?`, `ArrowDown`. A sequence is strokes
// with a space between them. Both sides of a comparison are brought into the same form first.

/** What of a keyboard event says which stroke it is. */
export type Press = Readonly<{
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  /** The key that writes a third sign per key was down: its signs are typed, not commanded. */
  isThirdSign: boolean
}>

const MODIFIERS: ReadonlySet<string> = new Set([
  'Shift',
  'Control',
  'Meta',
  'Alt',
  'AltGraph',
  'CapsLock',
  'Dead',
  'Process',
])
const SIGNS: Readonly<Record<string, string>> = {
  Slash: '/',
  Period: '.',
  Comma: ',',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Minus: '-',
  Equal: '=',
}
const SHIFTED: Readonly<Record<string, string>> = {
  '/': '?',
  '-': '_',
  '=': '+',
  '.': '>',
  ',': '<',
}

/** Tells whether this system's command key is Meta. */
export const isMac = (): boolean =>
  typeof navigator !== 'undefined' && /Mac|iP(hone|ad|od)/.test(navigator.userAgent)

/** Gives the stroke of a press, or `null` where it is none: a modifier alone, or typing. */
export const strokeOf = (press: Press, mac: boolean): string | null => {
  const { key, shiftKey, altKey, isThirdSign } = press
  if (MODIFIERS.has(key)) return null
  const sign = key.length === 1 ? latin(press) : key
  const name = sign === ' ' ? 'Space' : sign
  if (name === '') return null
  if (isThirdSign) return isSymbol(name) ? name : null
  // The command key of the other system belongs to that system, and to the browser.
  if (altKey || (mac ? press.ctrlKey : press.metaKey)) return null
  const mod = mac ? press.metaKey : press.ctrlKey
  return [mod && 'Mod', shiftKey && !isSymbol(name) && 'Shift', lower(name)]
    .filter(Boolean)
    .join('+')
}

/** Brings keys as a table names them into the form of strokes: `G then H` is `g h`. */
export const strokesOf = (keys: string): readonly string[] => keys.split(' ').map(normal)

/** Tells whether a stroke is one sign without a command key: what can be switched off. */
export const isSingle = (stroke: string): boolean => {
  const name = stroke.replace(/^Shift\+/, '')
  return name.length === 1
}

const normal = (stroke: string): string => {
  const parts = stroke.length > 1 && stroke.includes('+') ? stroke.split('+') : [stroke]
  const name = parts.at(-1) ?? ''
  const held = parts.slice(0, -1)
  const isUpper = /^[A-Z]$/.test(name)
  const isShifted = held.includes('Shift') || (isUpper && !held.includes('Mod'))
  return [held.includes('Mod') && 'Mod', isShifted && !isSymbol(name) && 'Shift', lower(name)]
    .filter(Boolean)
    .join('+')
}

// Where the layout writes another alphabet, the place of the key counts, as on a Latin one.
const latin = ({ key, code, shiftKey }: Press): string => {
  if (key >= ' ' && key <= '~') return key
  const letter = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase()
  const digit = /^Digit([0-9])$/.exec(code)?.[1]
  const plain = letter ?? digit ?? SIGNS[code] ?? ''
  return shiftKey ? (SHIFTED[plain] ?? plain) : plain
}

const lower = (name: string): string => (name.length === 1 ? name.toLowerCase() : name)

// Which signs need Shift differs from layout to layout: the sign itself is what was meant.
const isSymbol = (name: string): boolean => name.length === 1 && !/[a-z0-9]/i.test(name)
