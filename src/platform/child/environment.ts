import { dirname, join } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'

// A program gets no variable of the hub's: those may hold keys. What is declared for it is given,
// but for names with which whoever sets them decides which code is loaded.

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin'
const VARIABLES_MAX = 64
const VALUE_BYTES_MAX = 32 * 1024
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

const wordsOf = (text: string): readonly string[] => text.trim().split(/\s+/)

const OURS = wordsOf('PATH HOME LANG TMPDIR TMP TEMP PWD')
const SHELLS = wordsOf(`
  BASH_ENV BASHOPTS CDPATH ENV GLOBIGNORE IFS PROMPT_COMMAND PS4 SHELL SHELLOPTS ZDOTDIR
`)
const LIBRARIES = wordsOf(`
  GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH NLSPATH OPENSSL_CONF OPENSSL_ENGINES
  OPENSSL_MODULES
`)
const RUNTIMES = wordsOf(`
  _JAVA_OPTIONS BUN_OPTIONS CLASSPATH DOTNET_STARTUP_HOOKS ELECTRON_RUN_AS_NODE GEM_HOME
  GEM_PATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS LUA_CPATH LUA_INIT LUA_PATH PERLLIB
  PHP_INI_SCAN_DIR PHPRC RUBYLIB RUBYOPT
`)
const STARTERS = wordsOf(`
  BROWSER EDITOR GIT_ASKPASS GIT_EDITOR GIT_EXEC_PATH GIT_EXTERNAL_DIFF GIT_PAGER
  GIT_PROXY_COMMAND GIT_SEQUENCE_EDITOR GIT_TEMPLATE_DIR LESSOPEN LESSCLOSE PAGER SSH_ASKPASS
  VISUAL
`)
const NAMES = new Set([...OURS, ...SHELLS, ...LIBRARIES, ...RUNTIMES, ...STARTERS])

const PREFIXES = wordsOf(`
  BASH_FUNC_ BUNDLE_ CORECLR_ DYLD_ GIT_CONFIG GIT_SSH GUILDHALL_ LD_ NODE_ NPM_CONFIG_ PERL5
  PNPM_CONFIG_ PYTHON YARN_
`)

// They stand under a refused prefix and load nothing.
const HARMLESS = new Set(
  wordsOf(`
  NODE_DEBUG NODE_ENV NODE_EXTRA_CA_CERTS NODE_NO_WARNINGS NODE_USE_ENV_PROXY
  NODE_USE_SYSTEM_CA PYTHONDONTWRITEBYTECODE PYTHONHASHSEED PYTHONIOENCODING PYTHONUNBUFFERED
  PYTHONUTF8
`),
)

/** Makes the whole environment of a program, or refuses a name that is not for a caller to set. */
export const programEnvironment = (
  declared: Readonly<Record<string, string>>,
  home: string,
): Readonly<Record<string, string>> => {
  const entries = Object.entries(declared)
  if (entries.length > VARIABLES_MAX) {
    throw refused(`A program gets at most ${VARIABLES_MAX} variables; declare fewer.`)
  }
  for (const [name, value] of entries) check(name, value)
  return {
    ...declared,
    // First our own Node, so that `env node` in a script means the one the hub runs on.
    PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}`,
    HOME: home,
    LANG: 'C.UTF-8',
    TMPDIR: temporaryFolder(home),
  }
}

/** Gives the place of a program's temporary files. */
export const temporaryFolder = (home: string): string => join(home, 'tmp')

const check = (name: string, value: string): void => {
  if (!NAME.test(name)) {
    throw refused('A variable has a name of letters, digits and _ only; rename it.')
  }
  if (isRefused(name)) {
    const why = 'it decides which code a program loads, or belongs to the hub'
    throw refused(`The variable ${name} cannot be set: ${why}. Leave it out.`, name)
  }
  // Never the value itself: it is a secret as often as not.
  if (value.includes('\0') || Buffer.byteLength(value) > VALUE_BYTES_MAX) {
    throw refused(`The value of ${name} is longer than 32 KB or holds a zero byte.`, name)
  }
}

// In capitals: npm reads its own in any case, and no program needs `ld_preload` of us.
const isRefused = (name: string): boolean => {
  const capital = name.toUpperCase()
  if (NAMES.has(capital)) return true
  return PREFIXES.some((prefix) => capital.startsWith(prefix)) && !HARMLESS.has(name)
}

const refused = (message: string, name?: string) =>
  refuse('invalid', 'platform.environment_refused', message, name === undefined ? {} : { name })
