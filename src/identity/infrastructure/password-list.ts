import type { PasswordList } from '../application/sign-in-ports.ts'

// Most of the list are passwords that are too short by themselves; they stay, because they are
// common written twice, too. As one text between line feeds they take half a megabyte, where a set
// of them takes five.

/** Makes the list of passwords that are guessed first; it is loaded when it is first asked for. */
export const passwordList = (): PasswordList => {
  let loaded: Promise<(text: string) => boolean> | undefined
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined
      throw error
    })
    return loaded
  }
}

const load = async () => {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const entries = dictionary['passwords-common'].map((entry) => entry.toLowerCase()).toSorted()
  const text = `\n${[...new Set(entries)].join('\n')}\n`
  return (asked: string): boolean =>
    asked !== '' && !asked.includes('\n') && text.includes(`\n${asked}\n`)
}
