import type { Source } from './scan.ts'
import { lineAt } from './scan.ts'
import type { Report, Tree } from './tree.ts'

const CODE_LINES: readonly RegExp[] = [
  /^(const|let|var)\s+[\w$[{][^.]*=/,
  /^import\s.*\bfrom\s+['"]|^import\s+['"]/,
  /^export\s+(const|function|type|class|async|interface)\s/,
  /^(async\s+)?function\s*\*?\s*\w+\s*\(/,
  /^return\s[^.]*[({;]$|^return$|^return\s+[\w$]+\(.*\)$/,
  /^(if|for|while|switch)\s*\(.*\)\s*(\{|return\b.*|throw\b.*|continue)?$/,
  /^\}?\s*else\b.*\{$|^\}[;,)]*$/,
  /^(await|throw|yield)\s+(new\s+)?[\w$.]+\(.*\)?$/,
  /^[\w$]+(\.[\w$]+)+\(.*\)[;,]?$/,
  /^[\w$.[\]]+\s*(=|\+=|-=)\s*\S.*;$/,
]
const UNSURE = /\b(FIXME|XXX|HACK)\b/
const REASON = /\b(when|once|if|until|unless|after|before|as soon as|because)\b/

// Home folders of a person, and the super-user's; the examples of documents are free.
const MACHINE_PATH = new RegExp(
  [
    String.raw`(?<![\w.~$}])(\/(?:home|Users)\/(?!(?:node|you|me|user|guildhall)\b)[a-z][\w.-]*`,
    String.raw`\/root\/[\w.-]+`,
    String.raw`\/work\/(?:main|shared)`,
    String.raw`\/tmp\/[\w.-]+\/[\w.-]+`,
    String.raw`[A-Z]:\\Users\\\w+)`,
  ].join('|'),
)

/** Checks comments: no code in them, and a reason for whatever is left for later. */
export const checkComments = ({ sources }: Tree, report: Report): void => {
  for (const source of sources) {
    for (const { start, text } of source.comments) {
      for (const [index, line] of text.split('\n').entries()) {
        const at = lineAt(source, start) + index
        const said = line.replace(/^\s*(\/\/|\/\*+|\*)?\s*/, '').replace(/\s*\*\/$/, '')
        if (!text.startsWith('/**') && CODE_LINES.some((pattern) => pattern.test(said))) {
          const sentence = 'This comment is code; delete it, the history keeps it.'
          report('dead-comment', { file: source.path, line: at }, sentence)
        }
        checkLater(source, { said, at }, report)
      }
    }
  }
}

/** Checks that no text names a folder of somebody's machine. */
export const checkMachinePaths = ({ texts }: Tree, report: Report): void => {
  for (const [path, text] of texts) {
    const file = MACHINE_PATH.exec(text)
    if (file === null) continue
    const line = text.slice(0, file.index).split('\n').length
    const sentence = `${file[1]} is a path of one machine; others do not have it.`
    report('machine-path', { file: path, line }, sentence)
  }
}

function checkLater({ path }: Source, { said, at }: { said: string; at: number }, report: Report) {
  if (UNSURE.test(said)) {
    report(
      'todo',
      { file: path, line: at },
      'Do it, or write a TODO that names what would make it worth doing.',
    )
  } else if (/\bTODO\b/.test(said) && !REASON.test(said.replace(/^.*TODO/, ''))) {
    report(
      'todo',
      { file: path, line: at },
      'A TODO names what would make it worth doing: "TODO when ...".',
    )
  }
}
