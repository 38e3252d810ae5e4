/** The tools that all fixture servers have, whichever library and era they are of. */
export const FIXTURE_TOOLS = [
  { name: 'echo', description: 'Gives back its text.' },
  { name: 'count', description: 'Counts to three and tells each step.' },
  { name: 'talk', description: 'Writes a log message, then ends.' },
  { name: 'hang', description: 'Works until it is cancelled.' },
  { name: 'ask', description: 'Asks the person for a colour.' },
  { name: 'ask_later', description: 'Asks on the stream that belongs to no call.' },
  { name: 'refuse', description: 'Answers with a protocol error.' },
  { name: 'change', description: 'Says that the list of tools has changed.' },
  { name: 'touch', description: 'Says that a resource was updated.' },
  { name: 'cancelled', description: 'Tells how many calls were cancelled.' },
  { name: 'crash', description: 'Ends the program.' },
] as const

/** What a fixture has seen, and whether its list is the shorter one now. */
export type Seen = { cancelled: number; readonly calls: string[]; isShort?: boolean }

/** Lists the tools of a fixture: one of them comes and goes with each change. */
export const listedTools = ({ isShort }: Seen) =>
  FIXTURE_TOOLS.filter(({ name }) => isShort !== true || name !== 'crash')

/** Waits for the signal that a call is no longer wanted. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Makes the result of a tool that says one thing. */
export const said = (text: string) => ({ content: [{ type: 'text' as const, text }] })

/** What the fixtures ask a person for. */
export const COLOUR_FORM = {
  type: 'object' as const,
  properties: { colour: { type: 'string' as const } },
  required: ['colour'],
}
