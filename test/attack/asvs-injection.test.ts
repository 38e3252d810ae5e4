import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { openLog } from '../../src/platform/log.ts'
import { fieldsOf, inputSchema } from '../../src/interface/http/input.ts'
import { bench } from '../bench.ts'
import { asAdmin } from '../server.ts'

// Texts that mean something to an interpreter on the way: to SQL, a shell, a template, a log, a
// regular expression. To us they are texts.

const MARK = 'injected_by_a_test'
const PAYLOADS = [
  "'; drop table work.task; --",
  "' or '1'='1",
  '1); select pg_sleep(9); --',
  `' || (select set_config('application_name', '${MARK}', false)) || '`,
  `"; create table ${MARK} (x int); --`,
  '$1 $2 ${1} {{7*7}} #{7*7} <%= 7*7 %>',
  '%s %n %d %x',
  '$(touch /tmp/x) `touch /tmp/x` ; touch /tmp/x | touch /tmp/x',
  "\\'; --\\",
  'a%_*?.+[](){}^$|\\',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '=cmd|calc!A1 @SUM(1) +1 -1',
  '../../../../etc/passwd',
  '*)(uid=*))(|(uid=*',
] as const

let b: Awaited<ReturnType<typeof bench>>
beforeAll(async () => {
  b = await bench()
  await b.given.project('GH')
})

const tables = () =>
  asAdmin(b.target, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relkind in ('r', 'p') order by 1`,
    )
    return rows.map(({ name }) => name)
  })

test.each(PAYLOADS)('%j is kept and given back as it is', async (text) => {
  const items = [{ ref: 'a', title: text, body: text, labels: [text.slice(0, 40)], accept: [text] }]
  const [key] = await b.given.tasks(items)
  await b.run('work.add_comment', { key, body: text })
  const { tasks } = await b.run('work.read_tasks', { ids: [key], detail: 'full' })
  expect(JSON.stringify(tasks)).toContain(JSON.stringify(text).slice(1, -1))
  const asked = { project: 'GH', q: text, sort: 'updated', limit: 1 }
  const found = await b.run<{ items: { key: string }[] }>('work.find_tasks', asked)
  // What is looked for is a text, too: it finds what was just written, or nothing.
  expect([[], [key]]).toContainEqual(found.items.map((item) => item.key))
})

test('no field of any operation lets a text out to the database’s language', async () => {
  const before = await tables()
  const calls: string[] = []
  const plain = ({ internal, name }: AnyOperation) =>
    !internal && !/sign_out|suspend|erase|rotate|archive|export|import/.test(name)
  for (const operation of b.house.hall.operations.filter(plain)) {
    const fields = [...fieldsOf(inputSchema(operation.input)).keys()]
    for (const text of PAYLOADS.slice(0, 5)) {
      for (const field of fields) {
        const begun = performance.now()
        const input = { ...Object.fromEntries(fields.map((name) => [name, text])), [field]: [text] }
        for (const given of [input, { [field]: text }]) {
          // An answer or a refusal of ours: never what the database says of a broken statement.
          const failed = await b.call(operation.name, given).then(
            () => null,
            (error: unknown) => (error instanceof Refusal ? null : error),
          )
          calls.push(operation.name)
          expect([operation.name, field, failed]).toEqual([operation.name, field, null])
        }
        expect(performance.now() - begun).toBeLessThan(8_000)
      }
    }
  }
  expect(new Set(calls).size).toBeGreaterThan(100)
  expect(await tables()).toEqual(before)
  expect(await b.verify()).toMatchObject({ ok: true })
})

test('a line of the log is one line, whatever stands in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-log-'))
  const file = join(folder, 'hub.log')
  const log = openLog({ file, level: 'info' })
  const forged = 'x\n{"level":30,"op":"identity.sign_in","out":"ok"}\r\n\u2028\u001b[2J\u0000'
  log.info(forged, { code: forged, deep: { also: forged }, [forged]: 1 })
  log.wide({ op: forged, out: 'ok' })
  log.flush()
  await expect.poll(() => readFileSync(file, 'utf8').split('\n').length).toBe(3)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  for (const line of lines) {
    expect(() => JSON.parse(line)).not.toThrow()
    expect(line).not.toMatch(/[\u0000-\u001f]/)
  }
  expect(lines.map((line) => Object(JSON.parse(line)).op)).toEqual([undefined, forged])
  rmSync(folder, { recursive: true })
})
