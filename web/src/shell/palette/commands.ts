import { useEffect, useRef } from 'react'

/** Something that the palette can do. */
export type Command = Readonly<{
  id: string
  label: string
  /** Under which heading it stands. */
  group?: string
  /** The keys that do the same. */
  keys?: string
  /** Other words that people look for it by. */
  words?: string
  /** What else there is to know: the key of a task. */
  about?: string
  when?: () => boolean
  run(): void
}>

type Source = Readonly<{ group: string; commands: () => readonly Command[] }>

const sources: Source[] = []

/** Puts commands into the palette as long as the calling part of the page is shown. */
export const useCommands = (group: string, commands: readonly Command[]): void => {
  const latest = useRef(commands)
  useEffect(() => {
    latest.current = commands
  })
  useEffect(() => {
    const source = { group, commands: () => latest.current }
    sources.push(source)
    return () => {
      sources.splice(sources.indexOf(source), 1)
    }
  }, [group])
}

/** Lists the commands that parts of the page have put in, the nearest first. */
export const activeCommands = (): readonly Command[] =>
  sources
    .toReversed()
    .flatMap(({ group, commands }) => commands().map((one) => ({ group, ...one })))
    .filter(({ when }) => when?.() ?? true)
