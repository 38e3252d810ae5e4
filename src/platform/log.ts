import pino from 'pino'

/** Writes lines; fields are facts, never secrets, bodies or personal data. */
export type Log = Readonly<{
  info(line: string, fields?: Record<string, unknown>): void
  warn(line: string, fields?: Record<string, unknown>): void
  error(line: string, fields?: Record<string, unknown>): void
  /** The one wide line of an operation, job or delivery. */
  wide(record: Record<string, unknown>): void
  flush(): void
}>

/** Opens the log of this process: JSON lines into a file, written in batches. */
export const openLog = (
  options: Readonly<{
    file: string
    level: string
    /** Takes secrets out of the fields of every line. */
    scrub?: (fields: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  }>,
): Log => {
  const { scrub = (fields) => fields } = options
  const target = pino.destination({ dest: options.file, mkdir: true, sync: false, minLength: 8192 })
  const logger = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    target,
  )
  const timer = setInterval(() => target.flush(), 500)
  timer.unref()
  let ready = false
  target.on('ready', () => {
    ready = true
  })
  target.on('error', () => {}) // A full disk must not end the hub; /readyz tells of it.
  return {
    info: (line, fields) => logger.info(scrub(fields ?? {}), line),
    warn: (line, fields) => logger.warn(scrub(fields ?? {}), line),
    error: (line, fields) => logger.error(scrub(fields ?? {}), line),
    // Its fields are names and numbers of our own making; nothing of a caller's stands in it.
    wide: (record) => logger.info(record),
    flush() {
      // A start that fails at once may end before the file was opened: then nothing was written.
      if (ready) target.flushSync()
    },
  }
}

/** Makes a log that keeps nothing: for tests and for tools that print by themselves. */
export const quietLog = (): Log => ({
  info() {},
  warn() {},
  error() {},
  wide() {},
  flush() {},
})
