import { parseArgs } from 'node:util'
import { Refusal } from '../kernel/refusal.ts'
import { forgetSecrets, readConfig } from '../platform/config.ts'
import { startHub } from './hub.ts'

const STOP_MS = 5_000

const exitOf: Readonly<Record<Refusal['kind'], number>> = {
  invalid: 2,
  unauthenticated: 3,
  forbidden: 3,
  not_found: 4,
  conflict: 5,
  too_many: 6,
  unavailable: 7,
}

/** Runs a hub until it is asked to stop; gives the exit code. */
export const serve = async (words: readonly string[], version: string): Promise<number> => {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        home: { type: 'string' },
        'recover-owner': { type: 'boolean' },
        'new-signing-key': { type: 'boolean' },
      },
    })
    const given = {
      ...(values.host && { GUILDHALL_HOST: values.host }),
      ...(values.port && { GUILDHALL_PORT: values.port }),
      ...(values.home && { GUILDHALL_HOME: values.home }),
    }
    const config = readConfig(given)
    forgetSecrets()
    const asked = stopAsked()
    const hub = await startHub(config, {
      ...{ version, say },
      recover: values['recover-owner'] ?? false,
      newSigningKey: values['new-signing-key'] ?? false,
    })
    say(`Guildhall is open at ${hub.address}`)
    if (hub.ownerKey.fresh) say(`Your owner key is in ${hub.ownerKey.path}; keep it safe.`)
    const where = values.home ? ` --home ${config.home}` : ''
    if (hub.recoveryLink !== null) say(`Set a new password, once, at: ${hub.recoveryLink}`)
    if (hub.setUpLink !== null) say(`Set up how you sign in, once, at: ${hub.setUpLink}`)
    const way = hub.ownerKey.isSetUp
      ? `Sign in at: ${hub.address}/sign-in`
      : `Sign in on this machine with: npx guildhall open${where}`
    say(`${way}   (Ctrl-C ends the hub)`)
    await asked
    return await stopInTime(hub.stop)
  } catch (error) {
    if (error instanceof Refusal) {
      process.stderr.write(`error: ${error.message}\n`)
      return exitOf[error.kind]
    }
    process.stderr.write(`error: ${plain(error)}\n`)
    return 70
  }
}

const plain = (error: unknown): string => {
  if (!(error instanceof Error)) return 'The hub could not start.'
  if ('code' in error && error.code === 'EADDRINUSE') {
    return 'The port is taken by another program; choose one with GUILDHALL_PORT or --port.'
  }
  return 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    ? error.message
    : (error.stack ?? error.message)
}

/** A signal to a whole group of processes may arrive twice within this time. */
const SAME_SIGNAL_MS = 500

/** Resolves at the first Ctrl-C or polite signal; a later one ends the process at once. */
const stopAsked = (): Promise<void> =>
  new Promise((resolve) => {
    let askedAt: number | undefined
    const hear = () => {
      if (askedAt === undefined) {
        askedAt = performance.now()
        resolve()
      } else if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(130)
    }
    process.on('SIGINT', hear)
    process.on('SIGTERM', hear)
  })

/** Stops within five seconds, whatever still hangs; what is committed is safe either way. */
const stopInTime = async (stop: () => Promise<void>): Promise<number> => {
  const late = setTimeout(() => process.exit(0), STOP_MS)
  await stop()
  clearTimeout(late)
  return 0
}
