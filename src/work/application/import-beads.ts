import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { answerOf, ImportAnswer, importChoices, sayImport } from './import-answer.ts'
import type { WorkNeeds } from './ports.ts'
import { runImport } from './run-import.ts'
import type { TransferNeeds } from './transfer-ports.ts'

/** Characters of one source: what a request body can carry. */
const TEXT_CHARS_MAX = 67_108_864

/** Imports a beads export. */
export const importBeads = operation<WorkNeeds & TransferNeeds>()({
  name: 'work.import_beads',
  about: 'Import a beads JSONL export into a project; run again, it brings what changed there.',
  input: z.strictObject({
    ...importChoices,
    text: z.string().max(TEXT_CHARS_MAX),
    skipEphemeral: z.boolean().default(false),
  }),
  output: ImportAnswer,
  access: 'data:import',
  effect: 'write',
  bulk: true,
  http: 'POST /import/beads',
  mcp: null,
  // The project may not exist yet, so the right is asked for in the organisation.
  orgWide: true,
  say: sayImport,
  async run({ text, skipEphemeral, project, name, dryRun, strict }, words) {
    const read = (zone: string) => words.readers.beads(text, { zone, skipEphemeral })
    const wish = { project, name, dryRun, strict, read }
    return answerOf(wish, await runImport(words, wish))
  },
})
