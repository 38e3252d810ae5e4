/** Keys that the page knows by a name, wherever they work. */
type Known = Readonly<{ keys: readonly string[]; scope: string; label: string }>

/** Which scope wins where several have the same key; lists and whatever is not named come last. */
const RANKS: Readonly<Record<string, number>> = {
  Everywhere: 0,
  Board: 2,
  Backlog: 2,
  Inbox: 2,
  Task: 2,
  Dialog: 3,
}
const LIST_RANK = 1

/** Gives how near a scope is. */
export const rankOf = (scope: string): number => RANKS[scope] ?? LIST_RANK

/** Keys with a name: tooltips, the sheet and the palette take their hints from here. */
export const KNOWN = {
  palette: { keys: ['Mod+k'], scope: 'Everywhere', label: 'Search and commands' },
  keys: { keys: ['?'], scope: 'Everywhere', label: 'Show keys' },
  search: { keys: ['/'], scope: 'Everywhere', label: 'Search' },
  create: { keys: ['c'], scope: 'Everywhere', label: 'New task' },
  nav: { keys: ['['], scope: 'Everywhere', label: 'Narrow or widen the navigation' },
  undo: { keys: ['Mod+z'], scope: 'Everywhere', label: 'Undo' },
  redo: { keys: ['Mod+Shift+z'], scope: 'Everywhere', label: 'Redo' },
} as const satisfies Readonly<Record<string, Known>>

/** Names an entry of the table. */
export type KnownId = keyof typeof KNOWN
