import { strokesOf } from '../../web/src/shell/keyboard/stroke.ts'

/** A key as a table of keys has it. */
export type Listed = Readonly<{ keys: readonly string[]; scope: string; label: string }>

// Browsers keep these for themselves, or people lose a page by them.
const RESERVED: ReadonlySet<string> = new Set(
  ['l', 'n', 'p', 'q', 'r', 's', 't', 'w', 'f', 'h', 'j', 'o', 'u', 'd', 'Tab', '0', '-', '+']
    .flatMap((key) => [`Mod+${key}`, `Mod+Shift+${key}`])
    .concat(['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12', 'Tab', 'Shift+Tab'])
    .concat(['Mod+Shift+c', 'Mod+Shift+i', 'Mod+Shift+k', 'Mod+Shift+m', "'"]),
)

/** Finds what is wrong with a table of keys, in sentences; an empty list is a good one. */
export const keyFaults = (table: readonly Listed[]): readonly string[] => [
  ...table
    .filter(({ label }) => label.trim() === '')
    .map(({ keys }) => `${keys.join(', ')} has no label.`),
  ...table.flatMap(({ keys, label }) =>
    keys
      .flatMap(strokesOf)
      .flatMap((stroke) =>
        RESERVED.has(stroke) ? [`${stroke} (${label}) belongs to the browser.`] : [],
      ),
  ),
  ...[...Map.groupBy(table, ({ scope }) => scope).values()].flatMap(clashes),
]

const clashes = (scope: readonly Listed[]): readonly string[] => {
  const all = scope.flatMap(({ keys, label }) =>
    keys.map((one) => ({ text: strokesOf(one).join(' '), label })),
  )
  return all.flatMap((one, at) =>
    all.slice(at + 1).flatMap((other) => {
      const isSame = one.text === other.text
      const isBegin = other.text.startsWith(`${one.text} `) || one.text.startsWith(`${other.text} `)
      if (!isSame && !isBegin) return []
      return [`${one.label} and ${other.label} are both on ${one.text}.`]
    }),
  )
}
