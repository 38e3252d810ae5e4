import { shape } from '../../live/api.ts'

/** One thing that an entry wants to know. */
export type Parameter = Readonly<{
  name: string
  about: string
  kind: 'folder' | 'file' | 'url' | 'text' | 'number' | 'choice'
  required: boolean
  many: boolean
  fallback: string | null
  choices: readonly string[]
}>

/** An entry of the ready catalogue. */
export type Entry = Readonly<{
  key: string
  title: string
  about: string
  kind: 'stdio' | 'http' | 'openapi' | 'absent'
  package: string | null
  tools: number | null
  tokens: number | null
  proof: 'called' | 'listed' | 'unseen' | 'broken' | null
  offline: boolean
  off: boolean
  risks: readonly string[]
  credential: 'none' | 'shared' | 'person'
  secret: string | null
  parameters: readonly Parameter[]
  needs: readonly string[]
  notes: readonly string[]
  instead: readonly string[]
}>

export const isEntries = shape<{ items: readonly Entry[] }>('items')
export const isAdded = shape<{ slug: string; credential: string; enabled: boolean }>('slug')
