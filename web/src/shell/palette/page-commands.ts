import type { Hall } from '../../live/hall.ts'
import { activeKeys } from '../keys.ts'
import { density, setDensity, setTheme, theme } from '../look.ts'
import { toggleNav } from '../nav-state.ts'
import { type Place, placesFor } from '../places.ts'
import { sectionsFor, type SettingsPath } from '../settings/sections.ts'
import type { Command } from './commands.ts'

/** What the palette needs of the frame around it. */
export type PageActs = Readonly<{
  go(place: Pick<Place, 'to'>): void
  openProject(key: string): void
  openSettings(to: SettingsPath, anchor?: string): void
  signOut(): void
}>

/** Gives the ways to pages and projects. */
export const goCommands = (
  hall: Hall,
  project: string | null,
  acts: PageActs,
): readonly Command[] => {
  const places = placesFor(hall.me(), project).map(
    (place): Command => ({
      id: `go.${place.id}`,
      group: 'Go to',
      label: place.name,
      words: `go to open page ${place.id}`,
      ...(place.keys !== undefined && { keys: place.keys }),
      run: () => acts.go(place),
    }),
  )
  const projects = (hall.projects() ?? []).map(
    ({ key, name }): Command => ({
      id: `project.${key}`,
      group: 'Projects',
      label: name,
      about: key,
      words: 'project board open go to',
      run: () => acts.openProject(key),
    }),
  )
  return [...places, ...projects, ...settingsCommands(hall, acts)]
}

// Every setting has a line of its own: it is found by its words, not by the page it stands on.
const settingsCommands = (hall: Hall, acts: PageActs): readonly Command[] =>
  sectionsFor(hall.me()).flatMap(({ name, to, words, settings }) => [
    line({ id: to, label: name, words, run: () => acts.openSettings(to) }),
    ...settings.map((one) =>
      line({
        id: `${to}#${one.anchor}`,
        label: `${name}: ${one.name}`,
        words: one.words,
        run: () => acts.openSettings(to, one.anchor),
      }),
    ),
  ])

type Line = Pick<Command, 'label' | 'run'> & Readonly<{ id: string; words: string }>

const line = ({ id, words, ...rest }: Line): Command => ({
  ...{ id: `settings.${id}`, group: 'Settings', words: `settings ${words}` },
  ...rest,
})

const WALKING = /^(Arrow|Shift\+|[jkhlJKHLox]$|Escape$|Enter$|Space$|Mod\+k$|\/$)/

/** Gives what keys do here now: whatever has keys can be found by its name, too. */
export const keyCommands = (): readonly Command[] =>
  activeKeys().flatMap(({ name, bindings }) =>
    bindings
      .filter(({ keys, when, id }) => !isWalk(keys) && !isPlace(id) && (when?.() ?? true))
      .map(
        ({ id, keys, label, run }): Command => ({
          id: `key.${id ?? `${name}.${label}`}`,
          group: name === 'Everywhere' ? 'Commands' : name,
          label,
          run,
          ...(keys[0] !== undefined && { keys: keys[0] }),
        }),
      ),
  )

// Steps from one thing to the next are for keys only; ways to pages stand in their own section.
const isWalk = (keys: readonly string[]): boolean => keys.every((one) => WALKING.test(one))
const isPlace = (id: string | undefined): boolean => id?.startsWith('go.') ?? false

/** Gives what changes how the page looks, and who is here. */
export const lookCommands = (acts: PageActs): readonly Command[] => {
  const [colours, room] = [theme(), density()]
  const all: readonly (readonly [string, string, string, () => void])[] = [
    ['dark', 'Dark theme', 'night black', () => setTheme('dark')],
    ['light', 'Light theme', 'day white', () => setTheme('light')],
    ['system', 'Theme of the system', 'auto default', () => setTheme('system')],
    ['compact', 'Compact rows', 'density small dense', () => setDensity('compact')],
    ['comfortable', 'Comfortable rows', 'density large', () => setDensity('comfortable')],
    ['nav', 'Narrow or widen the navigation', 'sidebar collapse toggle', toggleNav],
  ]
  // What is chosen already is no choice.
  const free = all.filter(([id]) => id !== colours && id !== room)
  const leave = { id: 'sign-out', group: 'Account', label: 'Sign out', words: 'log out leave' }
  return [
    ...free.map(([id, label, words, run]): Command => {
      return { id: `look.${id}`, group: 'Look', label, words, run }
    }),
    { ...leave, run: acts.signOut },
  ]
}
