import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const APT = '/usr/bin/apt-get'
const INSTALL_MS = 300_000
// Where daemons are; the path of ordinary users leaves these out.
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** Finds a program of this machine; installs Debian's package of it where that is possible. */
export const program = (name: string, debian: string): string => {
  const found = find(name)
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && existsSync(APT)) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, stdio: 'ignore', timeout: INSTALL_MS } as const
    execFileSync(APT, ['update'], options)
    execFileSync(APT, ['install', '-y', '--no-install-recommends', debian], options)
  }
  const installed = find(name)
  if (installed === undefined) throw new Error(`${name} not found. Run: apt install ${debian}`)
  return installed
}

const find = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS]
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
