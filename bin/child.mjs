// Shared by the bootstrap and the installed command. Plain JavaScript for any Node from 18 on.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

/** The oldest Node that runs Guildhall: it strips types by itself. */
export const NODE_MAJOR_MIN = 24

/** Says whether a version like `24.21.0` is new enough. */
export const isNewEnough = (version) => Number.parseInt(version, 10) >= NODE_MAJOR_MIN

/**
 * Names where Node keeps what it has compiled of Guildhall, so that it starts in half the time.
 * It is a folder of ours and not the common one: what lies there is run.
 */
export const compiledIn = (root) => join(root, '.runtime', 'compiled')

/**
 * Runs a program in the foreground as if it were this one: same terminal, signals, exit code.
 * Resolves with the exit code; a child that a signal has ended ends this process the same way.
 */
export const runChild = (program, args, env) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env })
    const passOn = (signal) => {
      // Ctrl-C in a terminal reaches the whole foreground group: the child has it already, and a
      // second one would mean "at once".
      if (signal !== 'SIGTERM' && isInForeground()) return
      child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, passOn)
    child.on('error', (error) => {
      process.stderr.write(`${program} cannot be started: ${error.message}\n`)
      resolve(70)
    })
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, passOn)
      if (signal === null) return resolve(code ?? 70)
      process.kill(process.pid, signal)
      // Where the signal does not end us, the number has to do that a shell gives it.
      setTimeout(() => resolve(128 + constants.signals[signal]), 1000)
    })
  })

// The terminal's foreground group gets its signals. Input and output may be redirected and still
// leave us there, so the kernel is asked; elsewhere than on Linux a terminal is a good guess.
const isInForeground = () => {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[2] === fields[5]
  } catch {
    return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  }
}
