import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge, type Hue } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { counted } from '../views.ts'
import { EntryForm } from './entry-form.tsx'
import type { Entry } from './views.ts'

type EntryCardProps = Readonly<{
  entry: Entry
  isOpen: boolean
  toggle(): void
  added(server: string): Promise<void>
  /** Shows another entry instead. */
  goTo(key: string): void
}>

const PROOFS: Record<NonNullable<Entry['proof']>, readonly [string, Hue, string]> = {
  called: ['Proven', 'ok', 'Our tests call its tools.'],
  listed: ['Starts', 'run', 'Our tests start it and list its tools; calls need an account.'],
  unseen: ['Not tried', 'plain', 'It is far away: nobody here has seen it work.'],
  broken: ['Does not start', 'bad', 'It does not start as it is published.'],
}

const RISKS: Readonly<Record<string, string>> = {
  reads_files: 'reads files',
  writes_files: 'writes files',
  keeps_data: 'keeps data',
  runs_programs: 'runs programs',
  uses_network: 'uses the network by itself',
  drives_browser: 'drives a browser',
  reads_database: 'reads a database',
  writes_database: 'writes a database',
  changes_accounts: 'changes accounts elsewhere',
}

/** Shows an entry of the catalogue: what it is, what speaks against it, and its form. */
export const EntryCard = ({ entry, isOpen, toggle, added, goTo }: EntryCardProps) => (
  <li className="rounded-card border border-line bg-surface">
    <button
      type="button"
      aria-expanded={isOpen}
      data-line={entry.key}
      onClick={toggle}
      className="flex w-full items-start gap-2 rounded-card px-4 py-3 text-left hover:bg-hover"
    >
      <ChevronRight
        aria-hidden="true"
        className={`mt-0.5 size-4 shrink-0 text-text-3 ${isOpen ? 'rotate-90' : ''}`}
      />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{entry.title}</span>
          <ProofMark proof={entry.proof} />
          {entry.off && <Badge>Off at first</Badge>}
        </span>
        <span className="mt-0.5 block text-list text-text-2">{entry.about}</span>
        <span className="mt-1 block text-meta text-text-3">{sizeOf(entry)}</span>
      </span>
    </button>
    {isOpen && (
      <div className="grid gap-4 border-t border-line p-4">
        <Facts entry={entry} />
        {entry.kind === 'absent' ? (
          <Instead keys={entry.instead} goTo={goTo} />
        ) : (
          <EntryForm entry={entry} added={added} />
        )}
      </div>
    )}
  </li>
)

const ProofMark = ({ proof }: Pick<Entry, 'proof'>) => {
  if (proof === null) return <Badge>Not there</Badge>
  const [name, hue, about] = PROOFS[proof]
  return (
    <Badge hue={hue} title={about}>
      {name}
    </Badge>
  )
}

const sizeOf = ({ tools, tokens, package: name, kind, offline }: Entry): string =>
  [
    ...(tools === null ? [] : [counted(tools, 'tool')]),
    ...(tokens === null ? [] : [`about ${tokens.toLocaleString('en')} tokens`]),
    ...(name === null ? [] : [name]),
    ...(kind === 'http' || kind === 'openapi' ? ['somebody else runs it'] : []),
    ...(offline ? ['works without the network'] : []),
  ].join(' · ')

const Facts = ({ entry }: Readonly<{ entry: Entry }>) => {
  const { proof, risks, needs, notes, secret, credential } = entry
  return (
    <dl className="grid gap-x-4 gap-y-1.5 text-list sm:grid-cols-[max-content_1fr]">
      {proof !== null && <Fact name="Proof">{PROOFS[proof][2]}</Fact>}
      {risks.length > 0 && (
        <Fact name="What it can do">
          {`It ${risks.map((risk) => RISKS[risk] ?? risk).join(', ')}, whatever its tools say.`}
        </Fact>
      )}
      {needs.length > 0 && <Fact name="Needs here">{needs.join(', ')}</Fact>}
      {credential !== 'none' && (
        <Fact name="Account">
          {credential === 'shared' ? 'One that all share. ' : 'Everybody connects their own. '}
          {secret}
        </Fact>
      )}
      {notes.length > 0 && (
        <Fact name="Know before">
          <ul className="grid list-disc gap-1 pl-4">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  )
}

const Fact = ({ name, children }: Readonly<{ name: string; children: ReactNode }>) => (
  <>
    <dt className="text-text-3">{name}</dt>
    <dd className="min-w-0 break-words max-sm:mb-1">{children}</dd>
  </>
)

type InsteadProps = Readonly<{ keys: readonly string[]; goTo(key: string): void }>

const Instead = ({ keys, goTo }: InsteadProps) => (
  <div className="flex flex-wrap items-center gap-2 text-list">
    <span className="text-text-2">
      {keys.length === 0 ? 'There is no package by this name.' : 'There is no such package. Use:'}
    </span>
    {keys.map((key) => (
      <Button key={key} onClick={() => goTo(key)}>
        {key}
      </Button>
    ))}
  </div>
)
