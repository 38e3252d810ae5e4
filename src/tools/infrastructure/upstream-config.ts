import { z } from 'zod'

/** How a program is started, as its server keeps it: nothing of it is a line for a shell. */
export const ProgramConfig = z.object({
  /** The real path of the program, or of the script that Node runs. */
  program: z.string(),
  node: z.boolean(),
  argv: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  cwd: z.string().nullable(),
  isolate: z.enum(['no', 'if_there', 'required']),
  /** Bytes that it and all it starts may hold together; left out: what is usual. */
  memoryBytesMax: z.number().optional(),
  /** Who may share a process of it, besides having the same credential. */
  instances: z.enum(['credential', 'principal', 'session']),
  /** What a program in a sandbox may read besides: the folder that it was installed in. */
  shows: z.array(z.string()).default([]),
  /** What it may change: what it keeps, and what an administrator has named for that. */
  opens: z.array(z.string()).default([]),
})

/** What a service is described by, as its server keeps it. */
export const ServiceConfig = z.object({
  /** The document as it was read. */
  document: z.string(),
})
