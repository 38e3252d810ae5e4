import { readFile, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { CLIENTS } from './client-entries.ts'
import { CliFailure, EXIT } from './failure.ts'
import { readNote } from './hub.ts'
import type { CommandSpec, Session } from './session.ts'

/** One thing looked at: how it is, and what to do about it. */
export type Finding = Readonly<{
  check: string
  state: 'ok' | 'warn' | 'fail'
  says: string
  fix?: string
}>

const NODE_MAJOR_MIN = 24
const CLOCK_S_MAX = 5
const DISK_BYTES_MIN = 512 * 1024 * 1024

/** Looks at everything that commonly goes wrong and says how to mend it. */
export const doctorCommand: CommandSpec = {
  path: ['doctor'],
  brief: 'Look at everything that commonly goes wrong and say how to mend it.',
  positions: [],
  flags: [],
  run: async (_, session) => {
    const { print, switches } = session
    const findings = [
      nodeFinding(session),
      ...(await homeFindings(session)),
      ...(await hubFindings(session)),
      ...(await agentFindings(session)),
    ]
    const ok = findings.every(({ state }) => state !== 'fail')
    if (switches.json) print.data(`${JSON.stringify({ ok, findings })}\n`)
    else for (const finding of findings) printFinding(finding, session)
    return ok ? EXIT.ok : EXIT.finding
  },
}

const printFinding = ({ check, state, says, fix }: Finding, { print, switches }: Session): void => {
  if (switches.quiet && state === 'ok') return
  print.line(`${state.padEnd(4)}  ${check}: ${says}`)
  if (fix && state !== 'ok') print.line(`      fix: ${fix}`)
}

const nodeFinding = ({ env }: Session): Finding => {
  const major = Number(env.nodeVersion.replace(/^v/, '').split('.')[0])
  const state = major >= NODE_MAJOR_MIN ? 'ok' : 'fail'
  const fix = `install Node ${NODE_MAJOR_MIN}, or start with npm start, which brings its own`
  return { check: 'node', state, says: env.nodeVersion, fix }
}

const homeFindings = async ({ env }: Session): Promise<readonly Finding[]> => {
  const { home } = env
  if (!(await stat(home).catch(() => null))) {
    const says = `${home} does not exist yet`
    return [{ check: 'home', state: 'warn', says, fix: 'npx guildhall start' }]
  }
  const disk = await statfs(home)
  const free = disk.bavail * disk.bsize
  const space: Finding = {
    check: 'disk',
    state: free >= DISK_BYTES_MIN ? 'ok' : 'warn',
    says: `${Math.floor(free / 1024 / 1024)} MiB free at ${home}`,
    fix: 'free some space: the database needs room to write',
  }
  return [space, await lockFinding(home)]
}

const lockFinding = async (home: string): Promise<Finding> => {
  const note = await readNote(home)
  if (note === undefined) {
    const says = 'no hub has left a note in this home'
    return { check: 'lock', state: 'ok', says }
  }
  const where = `${note.address ?? 'an unknown address'}, process ${note.pid ?? 'unknown'}`
  if (note.pid !== undefined && isAlive(note.pid)) {
    return { check: 'lock', state: 'ok', says: `a hub holds this home: ${where}` }
  }
  const says = `hub.json names a hub that is gone: ${where}`
  return { check: 'lock', state: 'warn', says, fix: 'npx guildhall start (it mends this itself)' }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Not ours to signal is alive all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const hubFindings = async (session: Session): Promise<readonly Finding[]> => {
  const url = await session.hub.url()
  try {
    const response = await session.hub.open({ method: 'GET', path: '/healthz' })
    await response.body?.cancel()
    const reached: Finding = { check: 'hub', state: 'ok', says: `answers at ${url}` }
    const date = response.headers.get('date')
    return [reached, clockFinding(date), await readyFinding(session), await keyFinding(session)]
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [{ check: 'hub', state: 'fail', says: error.message, fix: 'npx guildhall start' }]
  }
}

const clockFinding = (date: string | null): Finding => {
  const apartS = date === null ? 0 : Math.round(Math.abs(Date.now() - Date.parse(date)) / 1000)
  const state = apartS <= CLOCK_S_MAX ? 'ok' : 'warn'
  const says = `${apartS} s apart from the hub’s`
  return { check: 'clock', state, says, fix: 'set the clocks: leases and keys depend on time' }
}

const readyFinding = async ({ hub }: Session): Promise<Finding> => {
  try {
    const facts = await hub.ask({ method: 'GET', path: '/readyz' })
    return { check: 'ready', state: 'ok', says: factsText(facts) }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    const { title, ...facts } = error.problem
    const says = `${title} ${factsText(facts)}`.trim()
    return { check: 'ready', state: 'fail', says, fix: 'read the hub’s log; see docs/operate' }
  }
}

const factsText = (facts: unknown): string => {
  if (typeof facts !== 'object' || facts === null) return String(facts)
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')
}

const keyFinding = async (session: Session): Promise<Finding> => {
  const fix = 'guildhall login, or --key-file, GUILDHALL_KEY, keys/default.key in the home'
  if ((await session.hub.key()) === undefined) {
    return { check: 'key', state: 'warn', says: 'no key was found', fix }
  }
  const route = session.operations.find(({ name }) => name === 'identity.who_am_i')?.http
  const [method, address] = route?.split(' ') ?? []
  if (method === undefined || address === undefined) {
    return { check: 'key', state: 'ok', says: 'a key was found' }
  }
  try {
    await session.hub.ask({ method, path: `/v1${address}` })
    return { check: 'key', state: 'ok', says: 'the hub knows it' }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return { check: 'key', state: 'fail', says: error.message, fix }
  }
}

const agentFindings = async ({ env }: Session): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (const client of CLIENTS) {
    for (const file of client.files(env)) {
      const text = await readFile(file, 'utf8').catch(() => null)
      if (text === null) continue
      const says = `${client.title} ${path.basename(file)}`
      const there = text.includes('guildhall')
      const fix = `guildhall connect ${client.name} --write`
      findings.push({
        check: 'agent',
        state: there ? 'ok' : 'warn',
        says: there ? `${says} knows Guildhall` : `${says} does not know Guildhall`,
        fix,
      })
    }
  }
  if (findings.length > 0) return findings
  const says = 'no agent is configured here'
  return [{ check: 'agent', state: 'ok', says }]
}
