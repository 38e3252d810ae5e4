import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'

/** The account under which PostgreSQL runs; it refuses to run as root. */
export type RunUser = Readonly<{
  uid: number
  gid: number
  name: string
  /** True when the hub has to change the account to start PostgreSQL. */
  foreign: boolean
}>

const SERVANTS = ['guildhall', 'postgres', 'nobody'] as const

/** Chooses the account for PostgreSQL: the hub's own or, for a root hub, one without rights. */
export const chooseRunUser = (passwd: string = readPasswd()): RunUser => {
  const own = hubUser()
  if (own.uid !== 0) return own
  for (const name of SERVANTS) {
    const found = entriesOf(passwd).find((entry) => entry.name === name && entry.uid !== 0)
    if (found) return found
  }
  throw noAccount()
}

/** Finds the account that an earlier start has given the database to. */
export const runUserOf = (uid: number, passwd: string = readPasswd()): RunUser => {
  const own = hubUser()
  if (own.uid === uid) return own
  const found = entriesOf(passwd).find((entry) => entry.uid === uid)
  if (own.uid !== 0) {
    const owner = found?.name ?? `the account ${uid}`
    const message = `The database of this home belongs to ${owner}: start Guildhall as ${owner}.`
    throw refuse('conflict', 'platform.database_of_another_user', message)
  }
  if (!found) throw noAccount()
  return found
}

/** Gives the name of the account that the hub itself runs under; peer authentication needs it. */
export const hubUser = (): RunUser => {
  try {
    const { uid, gid, username } = userInfo()
    return { uid, gid, name: username, foreign: false }
  } catch {
    // A container with a made-up uid: initdb would fail with a riddle.
    throw noAccount()
  }
}

const noAccount = () => {
  const message =
    'No account in /etc/passwd can run the embedded PostgreSQL. Add a user guildhall, ' +
    'start Guildhall as an ordinary user, or set DATABASE_URL.'
  return refuse('unavailable', 'platform.no_run_user', message)
}

const readPasswd = (): string => readFileSync('/etc/passwd', 'utf8')

const entriesOf = (passwd: string): RunUser[] =>
  passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (!name || !uid || !gid) return []
    return [{ name, uid: Number(uid), gid: Number(gid), foreign: true }]
  })

/** Says whether an account can walk down to a path: it needs `x` on every existing directory. */
export const canReach = (user: RunUser, path: string): boolean => {
  const stat = statSync(path, { throwIfNoEntry: false })
  const open = stat === undefined || !stat.isDirectory() || mayEnter(user, stat)
  const parent = dirname(path)
  return open && (parent === path || canReach(user, parent))
}

// Supplementary groups are dropped at the change of account, so only the main group counts.
const mayEnter = (user: RunUser, stat: { uid: number; gid: number; mode: number }): boolean => {
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0
  return (stat.mode & 0o001) !== 0
}
