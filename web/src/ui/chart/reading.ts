import type { Mark } from './mark.tsx'

/** What a chart says at one of its points. */
export type Reading = Readonly<{
  title: string
  values: readonly Readonly<{ name: string; text: string; mark?: Mark }>[]
  note?: string
}>

/** Says a reading in one line. */
export const sayReading = ({ title, values, note }: Reading): string => {
  const said = values.map(({ name, text }) => `${name} ${text}`).join(', ')
  return [said === '' ? title : `${title}: ${said}`, note].filter(Boolean).join('. ')
}
