import type { PolicyRules, ToolEffect } from './policy-rules.ts'
import type { Auth, CredentialOwner } from './upstream.ts'

// An entry of the catalogue is everything that is known about a server before it is added: where
// its program comes from, how it is started, what it can do and what must not be believed of it.
// `catalogue-start.ts` makes a start out of an entry and what an administrator chose;
// `catalogue-flaws.ts` says what no entry may have.

/** What a server can do to the machine and the world, whatever its tools say of themselves. */
export const ENTRY_RISKS = [
  'reads_files', 'writes_files', 'keeps_data', 'runs_programs', 'uses_network', 'drives_browser',
  'reads_database', 'writes_database', 'changes_accounts',
] as const // biome-ignore format: two lines

/** A thing that a server can do. */
export type EntryRisk = (typeof ENTRY_RISKS)[number]

/** What an administrator says about a server when it is added. */
export type EntryParameter = Readonly<{
  name: string
  about: string
  kind: 'folder' | 'file' | 'url' | 'text' | 'number' | 'choice'
  /** Left out: it may be left out. */
  required?: true
  /** It may be given several times. */
  many?: true
  fallback?: string
  choices?: readonly string[]
  pattern?: RegExp
  /** What the server does with the folder or file: a sandbox opens it for that and no more. */
  use?: 'read' | 'write'
}>

/**
 * A piece of an argument list or a value of the environment: fixed text, what a parameter says, a
 * path below the folder that the server keeps, or text for a hub that runs as the super-user.
 */
export type Part =
  | string
  | Readonly<{ parameter: string; before?: string }>
  | Readonly<{ data: string; before?: string }>
  | Readonly<{ asRoot: string }>

/** A program that must be on the machine, and how it comes there. */
export type MachineNeed = Readonly<{
  title: string
  /** Names of programs, one of which will do. */
  programs: readonly string[]
  /** The parameter that names the program; found on the machine where it was left out. */
  parameter?: string
  install: string
}>

/** A package of the npm registry, down to its bytes. */
export type Package = Readonly<{ name: string; version: string; integrity: string }>

/** Reads `name@version` and the hash of its bytes: a package as the entries write it. */
export const exactly = (spec: string, sha512: string): Package => {
  const at = spec.lastIndexOf('@')
  return { name: spec.slice(0, at), version: spec.slice(at + 1), integrity: `sha512-${sha512}` }
}

/** What the tools of a server do, and which of them are on from the beginning. */
export type EntryTools = Readonly<{
  /** How many there were and what they cost in o200k tokens: name, description, input schema. */
  measured: Readonly<{ count: number; tokens: number }> | null
  effects: Readonly<Partial<Record<ToolEffect, readonly string[]>>>
  /** Rules of single tools besides their effect. */
  rules?: Readonly<Record<string, PolicyRules>>
  /** Tools that are on after adding; left out: all. */
  preset?: readonly string[]
}>

type EntryBase = Readonly<{
  key: string
  /** The short name that its server gets if nobody chooses another. */
  slug: string
  title: string
  about: string
  /** Other names under which people look for it. */
  names?: readonly string[]
  /**
   * What we have seen of it: a call in our tests; its list of tools, while calls need an account
   * or the network; nothing, because it is far away; or that it does not start.
   */
  proof: 'called' | 'listed' | 'unseen' | 'broken'
  /** Whether its server is on after adding. */
  enabled: boolean
  risks: readonly EntryRisk[]
  /** It works without the network. */
  offline: boolean
  parameters: readonly EntryParameter[]
  auth: Auth
  credential: CredentialOwner
  /** What the credential is and where one gets it. */
  secret?: Readonly<{ about: string }>
  rules: PolicyRules
  tools: EntryTools
  /** What people should know before they add it: plainly, the bad things too. */
  notes: readonly string[]
}>

/** A program that we install, start and stop. */
export type StdioEntry = EntryBase &
  Readonly<{
    kind: 'stdio'
    era: 'legacy' | 'modern'
    /** `bin` is the script in the package; `beside` is what the package forgot to name. */
    package: Package & Readonly<{ bin: string; beside?: readonly Package[] }>
    argv: readonly Part[]
    environment: Readonly<Record<string, Part>>
    needs: readonly MachineNeed[]
    /** Who may share a process of it, besides having the same credential. */
    instances: 'credential' | 'principal' | 'session'
    /** Whether it runs in a sandbox. */
    isolation: 'no' | 'if_there' | 'required'
    /** Megabytes that it and all it starts may hold together; left out: what is usual. */
    memoryMb?: number
  }>

/** A server that somebody else runs. `{name}` in its address is a parameter. */
export type HttpEntry = EntryBase & Readonly<{ kind: 'http'; era: 'auto'; url: string }>

/** A service that describes itself in an OpenAPI document. */
export type OpenApiEntry = EntryBase &
  Readonly<{ kind: 'openapi'; documentUrl: string; baseUrl: string }>

/** A name that people look for and that no package stands behind. */
export type AbsentEntry = Readonly<{
  kind: 'absent'
  key: string
  title: string
  about: string
  /** Keys of entries to use in its place. */
  instead: readonly string[]
}>

/** An entry that can be added. */
export type CatalogueEntry = StdioEntry | HttpEntry | OpenApiEntry

/** An entry as the catalogue lists it. */
export type ListedEntry = CatalogueEntry | AbsentEntry

/** Gives the rules that a tool of a new server starts with. */
export const rulesOf = ({ tools }: CatalogueEntry, tool: string): PolicyRules => {
  const effect = EFFECTS.find((one) => tools.effects[one]?.includes(tool))
  const isOff = tools.preset !== undefined && !tools.preset.includes(tool)
  return {
    ...(effect === undefined ? {} : { effect }),
    ...(isOff ? { enabled: false } : {}),
    ...(Object.hasOwn(tools.rules ?? {}, tool) ? tools.rules?.[tool] : {}),
  }
}

const EFFECTS = ['read', 'write', 'destroy'] as const
