/** A place in a ledger: the epoch changes when a restored ledger starts anew. */
export type Cursor = Readonly<{ epoch: number; pos: number }>

const FORM = /^(0|[1-9][0-9]{0,14})-(0|[1-9][0-9]{0,14})$/

/** Writes a cursor as clients keep it: `1-45`. */
export const cursorText = ({ epoch, pos }: Cursor): string => `${epoch}-${pos}`

/** Reads a cursor; `null` for what is none. */
export const readCursor = (text: string): Cursor | null => {
  const [, epoch, pos] = FORM.exec(text) ?? []
  return pos === undefined ? null : { epoch: Number(epoch), pos: Number(pos) }
}
