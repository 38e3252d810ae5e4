import { SETTINGS } from '../../src/platform/config.ts'
import { code, type Page, pageOf, table } from './markdown.ts'

type Setting = Readonly<{ about: string; fallback: string; expects?: string }>

const ABOUT = `Guildhall needs no settings. Those it has are read from the environment when it
starts; an unknown name that begins with \`GUILDHALL_\` stops the start and is answered with the
nearest known one. \`guildhall config\` prints what is in force and where it came from.`

/** Writes the page of all settings. */
export const configPage = (): Page => {
  const settings: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS)
  const rows = settings.map(([name, { about, fallback, expects }]) => [
    code(name),
    fallback === '' ? 'none' : code(fallback),
    expects ?? '',
    about,
  ])
  return pageOf('config.md', 'Settings', [
    ABOUT,
    table(['Name', 'Default', 'Takes', 'About'], rows),
  ])
}
