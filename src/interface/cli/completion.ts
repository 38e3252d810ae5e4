import { proposeCompletions } from '@stricli/core'
import { type AppContext, application } from './app.ts'
import { EXIT, fail } from './failure.ts'
import type { CommandSpec } from './session.ts'

/** The hidden word that the scripts below ask with; stable, because they live in profiles. */
export const COMPLETE = 'complete-words'

const BASH = `# guildhall completion for bash: eval "$(guildhall completion bash)"
_guildhall() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [ -n "$line" ] && COMPREPLY+=("$line")
  done < <(guildhall ${COMPLETE} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then compopt -o default 2>/dev/null; fi
}
complete -F _guildhall guildhall
`

const ZSH = `#compdef guildhall
# guildhall completion for zsh: eval "$(guildhall completion zsh)"
_guildhall() {
  local -a proposals
  local line
  while IFS= read -r line; do
    [[ -n $line ]] && proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(guildhall ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#proposals} )); then _describe guildhall proposals; else _files; fi
}
if [[ $funcstack[1] == _guildhall ]]; then _guildhall "$@"; else compdef _guildhall guildhall; fi
`

const FISH = `# guildhall completion for fish: guildhall completion fish | source
function __guildhall_complete
  set -l words (commandline -opc) (commandline -ct)
  guildhall ${COMPLETE} -- $words[2..-1] 2>/dev/null
end
complete -c guildhall -f -a '(__guildhall_complete)'
`

const PWSH = `# guildhall completion for PowerShell: guildhall completion pwsh | Out-String | iex
Register-ArgumentCompleter -Native -CommandName guildhall -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  if ($word -eq '') { $words += '' }
  guildhall ${COMPLETE} -- @words 2>$null | ForEach-Object {
    $name, $about = $_ -split "\`t", 2
    if (-not $about) { $about = $name }
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $about)
  }
}
`

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['bash', BASH],
  ['zsh', ZSH],
  ['fish', FISH],
  ['pwsh', PWSH],
])

/** Prints the completion script of a shell. */
export const completionCommand: CommandSpec = {
  path: ['completion'],
  brief: 'Print the completion script of a shell: bash, zsh, fish or pwsh.',
  positions: [{ name: 'shell', brief: 'bash, zsh, fish or pwsh' }],
  flags: [],
  run: async ({ words }, { print }) => {
    const found = SCRIPTS.get(words[0] ?? '')
    if (found === undefined) {
      const title = `There is no completion for ${words[0]}; take bash, zsh, fish or pwsh.`
      throw fail('invalid', title, { hint: 'guildhall completion bash' })
    }
    print.data(found)
    return EXIT.ok
  },
}

/** Proposes what could come next behind some words; the last one is unfinished. */
export const proposals = async (
  specs: readonly CommandSpec[],
  words: readonly string[],
): Promise<string> => {
  const app = application(specs, () => undefined)
  const stream = { write: () => undefined }
  const context: AppContext = {
    process: { stdout: stream, stderr: stream },
    start: async () => undefined,
  }
  const all = await proposeCompletions(app, words, context)
  // The separator is nothing that anybody wants to be offered.
  const found = all.filter(({ completion }) => completion !== '--')
  return found.map(({ completion, brief }) => `${completion}\t${brief.split('\n')[0]}\n`).join('')
}
