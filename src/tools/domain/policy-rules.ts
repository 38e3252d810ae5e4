/** What a tool does to the world outside, as rules and annotations say it. */
export const TOOL_EFFECTS = ['read', 'write', 'destroy'] as const
/** What a tool does. */
export type ToolEffect = (typeof TOOL_EFFECTS)[number]

/**
 * Rules of a tool, or of all tools of a server. What is left out is taken from the server's rules,
 * and then from what the definition says of itself, read with suspicion.
 */
export type PolicyRules = Readonly<{
  enabled?: boolean | undefined
  effect?: ToolEffect | undefined
  /** What it gives to read: nothing special, our own data, or what must not leave. */
  reads?: 'public' | 'private' | 'sensitive' | undefined
  /** Its answers may hold words of strangers. */
  untrusted?: boolean | undefined
  /** Where what it is given goes to. */
  egress?: 'none' | 'internal' | 'external' | undefined
  approval?: 'default' | 'never' | 'always' | undefined
  /** People who have to approve. */
  needs?: 1 | 2 | undefined
  /** Ids of the projects it may be used in. */
  projects?: readonly string[] | undefined
  /** Ids of the principals who may use it. */
  holders?: readonly string[] | undefined
  /** Kinds of principals who may use it. */
  kinds?: readonly ('person' | 'service' | 'agent')[] | undefined
  perMinute?: number | undefined
  resultBytesMax?: number | undefined
  timeoutMs?: number | undefined
  /** A repeated call does no harm, so it may be repeated after a failure. */
  retrySafe?: boolean | undefined
}>

/** Joins the rules of a tool with those of its server: the tool's own count first. */
export const mergedRules = (server: PolicyRules, tool: PolicyRules): PolicyRules => {
  const own = Object.fromEntries(Object.entries(tool).filter(([, value]) => value !== undefined))
  return { ...server, ...own }
}
