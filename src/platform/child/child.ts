/** A program to start: never through a shell. */
export type Launch = Readonly<{
  /** Says in errors and records which program this is. */
  name: string
  /** An absolute path; links are followed before the start. */
  command: string
  args: readonly string[]
  /** The whole environment besides PATH, HOME, LANG and TMPDIR. */
  env: Readonly<Record<string, string>>
  /** An absolute path; null: its private home. */
  cwd: string | null
  /** The folder that is HOME to it alone, with its TMPDIR inside; made if it is not there. */
  home: string
  /** What the program and all that it has started may hold together. */
  memoryBytesMax: number
  /** Run under bubblewrap where that works; `required`: refuse without. */
  isolate: 'no' | 'if_there' | 'required'
  /** What it may read under bubblewrap though it lies in a hidden folder: its installation. */
  shows?: readonly string[]
  /** Folders and files that it may change under bubblewrap, besides its home and its cwd. */
  opens?: readonly string[]
}>

/** Why and how a program has ended. */
export type ChildEnd = Readonly<{
  why: 'stopped' | 'exited' | 'memory' | 'line_too_long'
  code: number | null
  signal: string | null
}>

/** A running program that speaks one message per line. */
export type Child = Readonly<{
  pid: number
  /** Resolves when the line is written; refuses when too much is unread, or it has ended. */
  send(line: string): Promise<void>
  /** Hears each line; the first listener also gets what was said before it came, at once. */
  onLine(listener: (line: string) => void): () => void
  /** Gives the last 64 KB it wrote to stderr. */
  errors(): string
  /** Counts what the program and all that it has started hold in memory. */
  rssBytes(): Promise<number>
  /** Never rejects; resolves when nothing of the program is left. */
  ended: Promise<ChildEnd>
  /** End of stdin, 2 s, SIGTERM to the group, 3 s, SIGKILL; may be called twice. */
  stop(): Promise<void>
}>

/** Starts programs, watches them and ends them. */
export type Launcher = Readonly<{
  /** Refuses what is wrong with the launch, and a program that cannot be started. */
  start(launch: Launch): Promise<Child>
  /** Counts the programs that are starting or running. */
  running(): number
  /** Ends what an earlier hub of this home left running, and counts it. */
  sweep(): Promise<number>
  stop(): Promise<void>
}>

/** Another account of the system to run programs under; only a hub that is root can do that. */
export type Account = Readonly<{ uid: number; gid: number }>
