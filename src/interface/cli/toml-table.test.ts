import { expect, test } from 'vitest'
import { hasTable, withTable } from './toml-table.ts'

const PATH = ['mcp_servers', 'guildhall']
const VALUES = { command: '/bin/node', args: ['/a b/cli.js', 'mcp'], tool_timeout_sec: 120 }
const TABLE = `[mcp_servers.guildhall]
command = "/bin/node"
args = ["/a b/cli.js", "mcp"]
tool_timeout_sec = 120
`

const BEFORE = `# My settings
model = "o9" # the good one
notify = [
  "[mcp_servers.guildhall]", # not a header
  'x',
]
prompt = """
[mcp_servers.guildhall]
"quoted" """

[mcp_servers.other]
command = 'npx'
env = { A = "1", B = "]" }
`

const AFTER = `
# Belongs to the profile below.
[profiles."my work"]
since = 1979-05-27 07:32:00Z
ratio = -1.5e3
`

test('a table is added at the end and everything before stays byte for byte', () => {
  expect(withTable(BEFORE, PATH, VALUES)).toEqual({ kind: 'text', text: `${BEFORE}\n${TABLE}` })
  expect(withTable('', PATH, VALUES)).toEqual({ kind: 'text', text: TABLE })
  expect(withTable('a = 1', PATH, VALUES)).toEqual({ kind: 'text', text: `a = 1\n\n${TABLE}` })
})

test('a table that is there is replaced where it stands, and what is around it stays', () => {
  const old = '[ mcp_servers . "guildhall" ]   # ours\nurl = "http://x"\n# old\nenabled = true\n'
  const result = withTable(BEFORE + old + AFTER, PATH, VALUES)
  expect(result).toEqual({ kind: 'text', text: BEFORE + TABLE + AFTER })
})

test('writing twice changes nothing the second time, also with Windows line ends', () => {
  const before = BEFORE.replaceAll('\n', '\r\n')
  const once = withTable(before, PATH, VALUES)
  const text = once.kind === 'text' ? once.text : ''
  expect(text.startsWith(before)).toBe(true)
  expect(text.replaceAll('\r\n', '')).not.toContain('\n')
  expect(withTable(text, PATH, VALUES)).toEqual(once)
})

test('subtables of our table stay', () => {
  const sub = '\n[mcp_servers.guildhall.env]\nA = "1"\n'
  const result = withTable(`[mcp_servers.guildhall]\nurl = "x"\n${sub}`, PATH, VALUES)
  expect(result).toEqual({ kind: 'text', text: `${TABLE}${sub}` })
})

const refused = [
  ['a = 1\nthis is no toml\n', 2],
  ['a = "open\n', 1],
  ['a = """never closed\n', 1],
  ['a = [1, 2\n\n[b]\nc = 1\n', 1],
  ['a = [1}\n', 1],
  ['[unclosed\n', 1],
  ['a = 1 b = 2\n', 1],
  ['mcp_servers = { other = { command = "x" } }\n', 1],
  ['[mcp_servers]\nother.command = "x"\nguildhall = { command = "x" }\n', 3],
  ['[mcp_servers]\nguildhall.command = "x"\n', 2],
  ['[[mcp_servers]]\nname = "x"\n', 1],
  ['[mcp_servers.guildhall]\nurl = "x"\n[mcp_servers.guildhall]\nurl = "y"\n', 3],
] as const

test.each(refused)('%j is refused with its line', (text, line) => {
  expect(withTable(text, PATH, VALUES)).toMatchObject({ kind: 'fault', fault: { line } })
})

test('a table inside a string does not count as a table', () => {
  expect(hasTable(BEFORE, PATH)).toBe(false)
  expect(hasTable(`${BEFORE}${TABLE}`, PATH)).toBe(true)
})
