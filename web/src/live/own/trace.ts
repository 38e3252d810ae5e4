// What goes wrong inside of the hub is told by one fixed sentence and a trace, by which it is found
// in the log of the hub. The two travel together as one text, so that no place that shows a refusal
// can lose the trace on the way; places that can do more with it take it off again.

const MARK = / Trace ([0-9a-f]{32})$/
const TRACE = /^[0-9a-f]{32}$/
const BUG_MIN = 500

/** Adds the trace to what was said of a failure of the hub; other refusals need none. */
export const withTrace = (said: string, status: number, trace: unknown): string =>
  status >= BUG_MIN && typeof trace === 'string' && TRACE.test(trace)
    ? `${said} Trace ${trace}`
    : said

/** Takes the trace off again: what was said, and the trace where there is one. */
export const apart = (said: string): Readonly<{ text: string; trace: string | null }> => {
  const [mark, trace = null] = MARK.exec(said) ?? []
  return { text: mark === undefined ? said : said.slice(0, -mark.length), trace }
}
