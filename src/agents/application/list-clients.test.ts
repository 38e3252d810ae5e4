import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const url = 'https://hall.example.org/agent/mcp'

type Listed = {
  variable: string
  items: { name: string; file: string; snippet: string; asksForKey: boolean; add: string | null }[]
}

test('every program gets a text of its own form, with the address and without a key', async () => {
  const { run } = await bench()
  const { variable, items } = await run<Listed>('agents.list_clients', { url })
  expect(items.map(({ name }) => name)).toEqual([
    ...['claude-code', 'codex', 'cursor', 'vscode', 'gemini', 'opencode'],
  ])
  for (const { snippet, file, asksForKey, add } of items) {
    expect(snippet).toContain(url)
    expect(snippet).not.toContain('guild_')
    if (add !== null) expect(add).toMatch(new RegExp(` mcp add .*${url}.*${variable}`))
    if (file.endsWith('.json')) JSON.parse(snippet)
    expect(snippet.includes(variable)).toBe(!asksForKey)
  }
  const byName = new Map(items.map((item) => [item.name, item]))
  expect(JSON.parse(byName.get('claude-code')?.snippet ?? '')).toEqual({
    mcpServers: {
      guildhall: { type: 'http', url, headers: { Authorization: `Bearer \${${variable}}` } },
    },
  })
  expect(byName.get('codex')).toMatchObject({
    file: '~/.codex/config.toml',
    snippet:
      `[mcp_servers.guildhall]\nurl = "${url}"\n` +
      `bearer_token_env_var = "${variable}"\ntool_timeout_sec = 120`,
  })
  expect(JSON.parse(byName.get('vscode')?.snippet ?? '')).toMatchObject({
    servers: { guildhall: { url } },
    inputs: [{ id: 'gh', password: true }],
  })
})

test('programs with a command of their own are added by it, in the order they take', async () => {
  const { run } = await bench()
  const { items } = await run<Listed>('agents.list_clients', { url })
  const own = Object.fromEntries(items.flatMap(({ name, add }) => (add ? [[name, add]] : [])))
  expect(Object.keys(own)).toEqual(['claude-code', 'codex', 'gemini'])
  // What takes several words swallows a name that comes after it.
  expect(own['claude-code']).toMatch(/ guildhall \S+ --header '[^']+'$/)
  expect(own['gemini']).toMatch(/ guildhall \S+ --header '[^']+'$/)
})

test('an address that is none is refused', async () => {
  const { refused } = await bench()
  const said = await refused('agents.list_clients', { url: 'javascript:alert(1)' })
  expect(said).toMatchObject({ kind: 'invalid', details: { field: 'url' } })
})
