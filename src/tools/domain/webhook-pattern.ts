/** How events are named that somebody wants: `*`, `work.*`, `work.task_*`, `work.task_moved`. */
export const EVENT_PATTERN = /^(\*|[a-z]{1,20}\.([a-z0-9_]{1,60}\*?|\*))$/

/** Tells whether one of the patterns names an event. */
export const isNamed = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
  )
