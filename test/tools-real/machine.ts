import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const APT = '/usr/bin/apt-get'
const INSTALL_MS = 300_000
// Two test files that miss a program ask apt at once, and it serves one of them.
const LOCKED_MS = 240_000
const AGAIN_MS = 3_000
// Where daemons are; the path of ordinary users leaves these out.
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** Finds a program of this machine; installs Debian's package of it where that is possible. */
export const program = (name: string, debian: string): string => {
  const mayInstall = process.getuid?.() === 0 && existsSync(APT)
  const until = Date.now() + LOCKED_MS
  for (;;) {
    const found = find(name)
    if (found !== undefined) return found
    const isOver = !mayInstall || install(debian) || Date.now() > until
    if (!isOver) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS)
    else if (find(name) === undefined) {
      throw new Error(`${name} not found. Run: apt install ${debian}`)
    }
  }
}

/** Installs a package; false where apt failed: another test may be installing just now. */
const install = (debian: string): boolean => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: 'ignore', timeout: INSTALL_MS } as const
  try {
    execFileSync(APT, ['update'], options)
    execFileSync(APT, ['install', '-y', '--no-install-recommends', debian], options)
    return true
  } catch {
    return false
  }
}

const find = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS]
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
