import type { Hall } from '../../live/hall.ts'
import { activeKeys } from '../keys.ts'
import { density, setDensity, setTheme, theme } from '../look.ts'
import { toggleNav } from '../nav-state.ts'
import { type Place, placesFor } from '../places.ts'
import type { Command } from './commands.ts'

/** What the palette needs of the frame around it. */
export type PageActs = Readonly<{
  go(place: Place): void
  openProject(key: string): void
  openSettings(section: 'security' | 'appearance' | 'members' | 'webhooks'): void
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

const settingsCommands = (hall: Hall, acts: PageActs): readonly Command[] => {
  const may = (permission: string): boolean => hall.me()?.permissions.includes(permission) ?? false
  const section = (
    name: Parameters<PageActs['openSettings']>[0],
    label: string,
    words: string,
  ): Command => ({
    id: `settings.${name}`,
    group: 'Settings',
    label,
    words: `settings ${words}`,
    run: () => acts.openSettings(name),
  })
  return [
    section('security', 'Security and profile', 'password passkey session key account'),
    section('appearance', 'Appearance and keys', 'theme dark light density shortcut'),
    ...(may('member:read') ? [section('members', 'Members', 'people team role invite')] : []),
    ...(may('webhook:read') ? [section('webhooks', 'Webhooks', 'hook event address')] : []),
  ]
}

const WALKING = /^(Arrow|Shift\+|[jkhlJKHLx]$|Escape$|Enter$|Space$|Mod\+k$|\/$)/

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
