/** What a text that should be JSON turned out to be. */
export type Parsed =
  | Readonly<{ isRight: true; value: unknown }>
  | Readonly<{ isRight: false; said: string; at: number }>

/** Reads a text as JSON, or says what is wrong with it and at which character. */
export const parsedJson = (text: string): Parsed => {
  if (text.trim() === '') return { isRight: false, said: 'Write a JSON value.', at: 0 }
  try {
    return { isRight: true, value: JSON.parse(text) }
  } catch (thrown) {
    const at = placeIn(thrown instanceof Error ? thrown.message : '', text)
    const before = text.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    return { isRight: false, said: `This is no JSON: see line ${line}, column ${column}.`, at }
  }
}

// Browsers name the place in their own words; one that does not means the end of the text.
const placeIn = (said: string, text: string): number => {
  const position = /position (\d+)/.exec(said)?.[1]
  if (position !== undefined) return Number(position)
  const [, line, column] = /line (\d+) column (\d+)/.exec(said) ?? []
  if (line === undefined || column === undefined) return text.length
  const lines = text.split('\n').slice(0, Number(line) - 1)
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + Number(column) - 1
}

/** Writes a value as people read it. */
export const jsonText = (value: unknown): string => JSON.stringify(value, null, 2)

/** Says a value in one line. */
export const plainText = (value: unknown): string => {
  if (typeof value === 'string') return value === '' ? '""' : value
  if (Array.isArray(value) && value.length > 0 && value.every(isPlain)) return value.join(', ')
  return JSON.stringify(value)
}

const isPlain = (item: unknown): boolean =>
  typeof item === 'number' || (typeof item === 'string' && item !== '' && !/[,\n]/.test(item))
