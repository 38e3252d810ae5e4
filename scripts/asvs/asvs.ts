import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

// security/asvs.yaml says of each requirement of OWASP ASVS 5.0, level 2, that we answer for, what
// shows it. A named test that does not exist, or that did not run and pass, fails the whole run:
// a claim that nothing checks is worse than none.

const Requirement = z
  .strictObject({
    status: z.enum(['tested', 'document', 'partial', 'n/a']),
    /** Files, or `file > name of a test`. */
    tests: z
      .array(z.string().regex(/\.test\.tsx?( > .+)?$/))
      .min(1)
      .optional(),
    /** A document and its heading: `docs/operate.md#keys`. */
    see: z.string().optional(),
    note: z.string().optional(),
  })
  .refine(({ status, tests }) => status !== 'tested' || tests !== undefined, 'tested by what?')
  .refine(({ status, see }) => status !== 'document' || see !== undefined, 'documented where?')
  .refine(
    ({ status, note }) => (status !== 'partial' && status !== 'n/a') || note !== undefined,
    'say why',
  )

const Asvs = z.record(z.string().regex(/^V?[0-9]+\.[0-9]+\.[0-9]+$/), Requirement)

/** The requirements by number. */
export type Asvs = Readonly<z.output<typeof Asvs>>

/** A test of a run: its file from the root, its whole name, and how it ended. */
export type Ran = Readonly<{ file: string; name: string; passed: boolean }>

/** Reads `security/asvs.yaml`; throws where it is not what it has to be. */
export const readAsvs = (root: string): Asvs =>
  Asvs.parse(parse(readFileSync(join(root, 'security', 'asvs.yaml'), 'utf8')))

/** Finds the claims that this run does not show, each as a sentence. */
export const unshown = (asvs: Asvs, ran: readonly Ran[]): readonly string[] => {
  const byFile = Map.groupBy(ran, ({ file }) => file)
  return Object.entries(asvs).flatMap(([id, { tests = [] }]) =>
    tests.flatMap((claim) => {
      const [file = '', name] = claim.split(' > ', 2)
      const here = (byFile.get(file) ?? []).filter(
        (test) => name === undefined || test.name === name || test.name.endsWith(` > ${name}`),
      )
      if (here.length === 0) return [`${id} names "${claim}", which did not run.`]
      return here.every(({ passed }) => passed) ? [] : [`${id} names "${claim}", which failed.`]
    }),
  )
}

/** Counts the requirements by status, as one line. */
export const countOf = (asvs: Asvs): string => {
  const statuses = Object.values(asvs).map(({ status }) => status)
  const parts = (['tested', 'document', 'partial', 'n/a'] as const).map(
    (status) => `${statuses.filter((one) => one === status).length} ${status}`,
  )
  return `ASVS 5.0 level 2: ${statuses.length} requirements, ${parts.join(', ')}.`
}
