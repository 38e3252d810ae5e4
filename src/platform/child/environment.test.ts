import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { programEnvironment } from './environment.ts'

const refusal = expect.objectContaining({
  kind: 'invalid',
  code: 'platform.environment_refused',
})

test('four variables and what was declared are the whole environment', () => {
  expect(programEnvironment({ API_KEY: 'a' }, '/private/of-it')).toEqual({
    API_KEY: 'a',
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: '/private/of-it',
    LANG: 'C.UTF-8',
    TMPDIR: '/private/of-it/tmp',
  })
})

test.each([
  ...['NODE_OPTIONS', 'NODE_PATH', 'node_options', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT'],
  ...['DYLD_INSERT_LIBRARIES', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONHOME', 'BASH_ENV', 'ENV'],
  ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_CONFIG_COUNT', 'GIT_EXEC_PATH', 'npm_config_registry'],
  ...['NPM_CONFIG_PREFIX', 'PATH', 'Path', 'HOME', 'LANG', 'TMPDIR', 'RUBYOPT', 'PERL5LIB'],
  ...['JAVA_TOOL_OPTIONS', 'GCONV_PATH', 'IFS', 'BASH_FUNC_ls', 'GUILDHALL_HOME', 'PAGER'],
])('%s cannot be declared', (name) => {
  expect(() => programEnvironment({ [name]: 'x' }, '/h')).toThrow(refusal)
})

test.each(['GITHUB_TOKEN', 'NODE_ENV', 'PYTHONUNBUFFERED', 'GIT_AUTHOR_NAME', 'HTTPS_PROXY', 'a1'])(
  '%s can be declared',
  (name) => {
    expect(programEnvironment({ [name]: 'x' }, '/h')).toMatchObject({ [name]: 'x' })
  },
)

test.each(['', 'A=B', '1A', 'A B', 'A\0', 'Ä', 'BASH_FUNC_ls%%'])(
  '"%s" is no name of a variable',
  (name) => {
    expect(() => programEnvironment({ [name]: 'x' }, '/h')).toThrow(refusal)
  },
)

test('a refused value is not told', () => {
  const secret = 'hunter2-hunter2'
  for (const value of [`${secret}\0`, secret.repeat(3_000)]) {
    expect(() => programEnvironment({ API_KEY: value }, '/h')).toThrow(refusal)
    expect(() => programEnvironment({ API_KEY: value }, '/h')).not.toThrow(secret)
  }
})

test('sixty-four variables are the most', () => {
  const declared = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, 'x']))
  expect(Object.keys(programEnvironment(declared(64), '/h'))).toHaveLength(68)
  expect(() => programEnvironment(declared(65), '/h')).toThrow(refusal)
})
