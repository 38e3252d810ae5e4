import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

// Runs every check of docs/style.md. The cheap ones start together; the compiler, which takes both
// cores, has the others beside it. Each step prints one line, and what it said if it failed.

type Step = Readonly<{ name: string; program: string; args: readonly string[] }>
type Outcome = Readonly<{ name: string; code: number; output: string; ms: number }>

const STEP_MS_MAX = 120_000
const root = join(import.meta.dirname, '..')

const tool = (name: string, program: string, args: readonly string[]): Step => ({
  name,
  program: join(root, 'node_modules', '.bin', program),
  args,
})
const script = (name: string, args: readonly string[]): Step => ({
  name,
  program: process.execPath,
  args,
})

function steps(): Step[] {
  const list = [
    script('tidy', ['scripts/tidy.ts']),
    tool('format', 'biome', ['format', '--colors=off']),
    tool('lint', 'oxlint', ['--type-aware', '--format=unix']),
    tool('types', 'tsc', ['--noEmit', '--pretty', 'false', '-p', 'tsconfig.json']),
    tool('unused', 'knip', ['--no-progress', '--no-config-hints']),
  ]
  if (existsSync(join(root, 'web/tsconfig.json'))) {
    list.push(
      tool('types web', 'tsc', ['--noEmit', '--pretty', 'false', '-p', 'web/tsconfig.json']),
    )
  }
  if (existsSync(join(root, 'scripts/reference.ts'))) {
    list.push(script('reference', ['scripts/reference.ts', '--check']))
  }
  return list
}

// A step that cannot start, or does not end, has failed like one that found something.
function runStep({ name, program, args }: Step): Promise<Outcome> {
  const started = performance.now()
  const parts: string[] = []
  return new Promise((resolve) => {
    const end = (code: number): void => {
      resolve({ name, code, output: parts.join(''), ms: performance.now() - started })
    }
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: STEP_MS_MAX,
      env: { ...process.env, NO_COLOR: '1' },
    })
    child.stdout.on('data', (data: Buffer) => parts.push(data.toString()))
    child.stderr.on('data', (data: Buffer) => parts.push(data.toString()))
    child.on('error', (error) => {
      parts.push(`${error.message}\n`)
      end(1)
    })
    child.on('close', (code, signal) => {
      if (signal !== null) parts.push(`Ended by ${signal} after ${STEP_MS_MAX / 1000} s at most.\n`)
      end(code ?? 1)
    })
  })
}

async function main(): Promise<void> {
  const started = performance.now()
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  const outcomes = await Promise.all(
    steps().map(async (step) => {
      const outcome = await runStep(step)
      const mark = outcome.code === 0 ? 'ok    ' : 'FAILED'
      process.stdout.write(`${mark} ${outcome.name.padEnd(10)} ${seconds(outcome.ms)}\n`)
      return outcome
    }),
  )
  const failed = outcomes.filter(({ code }) => code !== 0)
  for (const { name, output } of failed) process.stdout.write(`\n--- ${name} ---\n${output}`)
  const names = failed.map(({ name }) => name).join(', ')
  const found = failed.length === 0 ? 'all checks pass' : `failed: ${names}`
  process.stdout.write(`\n${seconds(performance.now() - started)}: ${found}.\n`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

await main()
