import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { answerOf, ImportAnswer, importChoices, sayImport } from './import-answer.ts'
import type { WorkNeeds } from './ports.ts'
import { runImport } from './run-import.ts'
import type { TransferNeeds } from './transfer-ports.ts'

const FILES_MAX = 20_000
const PATH_CHARS_MAX = 1_000
const TEXT_CHARS_MAX = 67_108_864

/** Imports a Backlog.md folder. */
export const importBacklogMd = operation<WorkNeeds & TransferNeeds>()({
  name: 'work.import_backlog_md',
  about: 'Import the files of a Backlog.md folder; run again, it brings what changed there.',
  input: z.strictObject({
    ...importChoices,
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(PATH_CHARS_MAX),
          text: z.string().max(TEXT_CHARS_MAX),
        }),
      )
      .max(FILES_MAX),
  }),
  output: ImportAnswer,
  access: 'data:import',
  effect: 'write',
  bulk: true,
  http: 'POST /import/backlog-md',
  mcp: null,
  // The project may not exist yet, so the right is asked for in the organisation.
  orgWide: true,
  say: sayImport,
  async run({ files, project, name, dryRun, strict }, words) {
    const texts = new Map(files.map(({ path, text }) => [path, text]))
    const read = (zone: string) => words.readers.backlogMd(texts, { zone })
    const wish = { project, name, dryRun, strict, read }
    return answerOf(wish, await runImport(words, wish))
  },
})
