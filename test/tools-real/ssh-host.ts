import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { program } from './machine.ts'

/** A machine of our own that is reached by SSH: this one, on a port of its own. */
export type SshHost = Readonly<{ config: string; stop(): Promise<void> }>

/**
 * Starts an SSH daemon for this test alone and writes the configuration by which `ssh-mcp` reaches
 * it. The daemon is started for each connection and given the socket, so no port is guessed, and it
 * lets in only whoever runs the test.
 */
export const startSshHost = async (folder: string): Promise<SshHost> => {
  const daemon = program('sshd', 'openssh-server')
  const keygen = program('ssh-keygen', 'openssh-client')
  // The daemon does not start as root without this folder, which a service would make.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const path = (name: string) => join(folder, name)
  for (const key of ['host', 'user']) {
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', path(key)])
  }
  copyFileSync(path('user.pub'), path('allowed'))
  const settings = [
    `HostKey ${path('host')}`,
    `AuthorizedKeysFile ${path('allowed')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
  ]
  writeFileSync(path('sshd.conf'), `${settings.join('\n')}\n`)
  const running = new Set<ChildProcess>()
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const args = ['-i', '-f', path('sshd.conf')]
    const child = spawn(daemon, args, { stdio: [socket, socket, 'ignore'] })
    running.add(child)
    child.on('close', () => running.delete(child))
    // The daemon has its own copy of the socket.
    socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const [, fingerprint] = String(execFileSync(keygen, ['-lf', path('host.pub')])).split(' ')
  return {
    config: writeConfig(folder, { port, fingerprint: fingerprint ?? '', key: path('user') }),
    async stop() {
      for (const child of running) child.kill()
      await Promise.all([...running].map((child) => once(child, 'close')))
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const writeConfig = (
  folder: string,
  { port, fingerprint, key }: { port: number; fingerprint: string; key: string },
): string => {
  // The server reads a configuration only if nobody else can.
  const home = join(folder, 'config')
  mkdirSync(home, { mode: 0o700 })
  const config = join(home, 'config.toml')
  const lines = [
    '[defaults]',
    'defaultProfile = "here"',
    '[[profiles]]',
    'name = "here"',
    'host = "127.0.0.1"',
    `port = ${port}`,
    `user = "${userInfo().username}"`,
    'auth = "key"',
    `keyRef = "${key}"`,
    'role = "operator"',
    `trustedHostKey = "${fingerprint}"`,
  ]
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 })
  return config
}
