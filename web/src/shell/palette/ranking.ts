import { startsAWord } from '../starts-a-word.ts'
import type { Command } from './commands.ts'

/** Lines of the palette under one heading. */
export type Section = Readonly<{ name: string; commands: readonly Command[] }>

const LINES_MAX = 8
const RECENT = 'Recent'

/** Tells how well a text fits what was written; `null` where it does not. */
export const fitOf = (label: string, wanted: string, words = ''): number | null => {
  const [text, query] = [label.toLowerCase(), wanted.toLowerCase().trim()]
  if (query === '') return 0
  if (text === query) return 4
  if (text.startsWith(query)) return 3
  const all = `${text} ${words.toLowerCase()}`
  const parts = query.split(/\s+/)
  if (parts.every((part) => startsAWord(all, part))) return 2
  return parts.every((part) => all.includes(part)) ? 1 : null
}

/** Puts what fits under its headings: the best first; with nothing written, the recent first. */
export const sectionsFor = (
  commands: readonly Command[],
  wanted: string,
  recent: readonly string[],
): readonly Section[] => {
  if (wanted.trim() === '') return overview(commands, recent)
  const fitting = commands.flatMap((command) => {
    const fit = fitOf(command.label, wanted, `${command.words ?? ''} ${command.about ?? ''}`)
    return fit === null ? [] : [{ command, fit: fit + (recent.includes(command.id) ? 0.5 : 0) }]
  })
  const best = fitting.toSorted((a, b) => b.fit - a.fit)
  // Headings stand in the order of their best line.
  return grouped(best.map(({ command }) => command))
}

const overview = (commands: readonly Command[], recent: readonly string[]): readonly Section[] => {
  const known = new Map(commands.map((command) => [command.id, command]))
  const lately = recent.flatMap((id) => known.get(id) ?? [])
  const sections = grouped(commands)
  return lately.length === 0 ? sections : [{ name: RECENT, commands: lately }, ...sections]
}

const grouped = (commands: readonly Command[]): readonly Section[] =>
  [...Map.groupBy(commands, ({ group = 'Commands' }) => group)].map(([name, list]) => ({
    name,
    commands: list.slice(0, LINES_MAX),
  }))
