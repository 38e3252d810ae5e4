import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// Some promises are kept by what stands nowhere in the program. The few places that may hold such a
// thing are named here, with the reason; any other is a breach.

const ROOT = join(import.meta.dirname, '..', '..')

type Source = Readonly<{ path: string; text: string }>

const sourcesOf = (pattern: string): readonly Source[] =>
  globSync(pattern, { cwd: ROOT })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

const hub = sourcesOf('src/**/*.ts')
const web = sourcesOf('web/src/**/*.{ts,tsx}')
const everything = [...hub, ...web]

const placesOf = (sources: readonly Source[], words: RegExp): readonly string[] =>
  sources.filter(({ text }) => words.test(text)).map(({ path }) => path)

test('there is something to look through', () => {
  expect(hub.length).toBeGreaterThan(300)
  expect(web.length).toBeGreaterThan(50)
  expect(placesOf(hub, /createCipheriv\(/).length).toBeGreaterThan(0)
})

test('programs are started from a list of arguments, never through a shell', () => {
  expect(placesOf(hub, /node:child_process/)).toEqual([
    'src/platform/child/ending.ts', // only the type
    'src/platform/child/process-table.ts', // `ps`, where there is no /proc
    'src/platform/child/run-child.ts', // servers of tools
    'src/platform/child/sandbox.ts', // bubblewrap, to see whether it works here
    'src/platform/keyring/root-key.ts', // the administrator's command for the root key
    'src/platform/postgres/launch.ts', // the embedded database
    'src/platform/postgres/run.ts',
    'src/tools/infrastructure/npm-program.ts', // npm, which installs servers of the catalogue
  ])
  // By name only, so that what is taken of it can be seen.
  const shells = /\b(exec|execSync|fork)\b[^}]*\} from 'node:child_process'|shell:\s*(true|['"`])/
  expect(placesOf(hub, shells)).toEqual([])
  expect(placesOf(hub, /import (\* as )?\w+ from 'node:child_process'/)).toEqual([])
})

test('no text becomes a program, and nothing is read that makes objects by itself', () => {
  expect(placesOf(everything, /\beval\(|new Function\(|node:vm\b|\bimport\([^'")\s]/)).toEqual([])
  expect(placesOf(everything, /setTimeout\(\s*['"`]|setInterval\(\s*['"`]/)).toEqual([])
  expect(placesOf(everything, /node:v8|\bdeserialize\(|structuredClone\(.*JSON/)).toEqual([])
})

test('what is encrypted is encrypted by AES-256-GCM, and by nothing else', () => {
  const ciphers = hub.flatMap(({ text }) =>
    [...text.matchAll(/create(?:De)?[Cc]ipheriv\(\s*([^,]+),/g)].map(([, name]) => name),
  )
  expect(new Set(ciphers)).toEqual(new Set(["'aes-256-gcm'"]))
  expect(placesOf(hub, /aes-\d+-(cbc|ecb|ctr|cfb|ofb)|\brc4\b|\bdes-|3des|publicEncrypt/i)).toEqual(
    [],
  )
})

test('hashes are SHA-256 and, for passwords, Argon2id; SHA-1 only marks versions and codes', () => {
  const hashes = hub.flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:createHash|createHmac|hash)\(\s*'([\w-]+)'/g)].map(
      ([, name]) => `${name} ${path}`,
    ),
  )
  expect(hashes.filter((one) => !one.startsWith('sha256 '))).toEqual([
    'sha1 src/interface/http/preconditions.ts', // an ETag: a mark of bytes, not a promise
  ])
  // RFC 6238 as all generators speak it: HMAC-SHA-1, which collisions do not break.
  expect(placesOf(hub, /algorithm: 'SHA1'/)).toEqual(['src/identity/infrastructure/totp-codes.ts'])
  expect(placesOf(everything, /\bmd5\b/i)).toEqual([])
})

test('what nobody may guess comes from the machine’s own source of chance', () => {
  expect(placesOf(hub, /Math\.random/)).toEqual([])
  // Spreads the moments at which pages come back to a hub that was away.
  expect(placesOf(web, /Math\.random/)).toEqual(['web/src/live/tabs/share.ts'])
})

test('pages show what people wrote as text, never as HTML', () => {
  const html = /dangerouslySetInnerHTML|\.(inner|outer)HTML\s*=|insertAdjacentHTML|document\.write/
  expect(placesOf(web, html)).toEqual([])
  expect(placesOf(web, /srcDoc|createContextualFragment|DOMParser|javascript:/)).toEqual([])
})

test('a password is typed hidden, may be pasted, and managers know the field', () => {
  const field = web.find(({ path }) => path === 'web/src/ui/form/password-field.tsx')?.text ?? ''
  expect(field).toMatch(/type=\{isShown \? 'text' : 'password'\}/)
  expect(field).toMatch(/autoComplete=\{kind\}/)
  expect(placesOf(web, /onPaste|onCopy|onBeforeInput|onContextMenu/)).toEqual([
    'web/src/work/backlog/use-paste.ts', // a list that becomes tasks; never where somebody writes
  ])
  const own = web.filter(({ path }) => path !== 'web/src/ui/form/password-field.tsx')
  expect(placesOf(own, /type="password"/)).toEqual([
    'web/src/identity/entry/key-form.tsx', // a key of this hall
    'web/src/ui/form/secret-field.tsx', // secrets of other systems, which no manager is to keep
  ])
})

test('pages keep no content in the browser, and no session', () => {
  expect(placesOf(web, /localStorage\.setItem/)).toEqual([
    'web/src/identity/signed-in.ts', // that somebody signed in here, and the browser's own word
    'web/src/shell/keyboard/single-keys.ts', // whether single keys are on
    'web/src/shell/look.ts', // theme and density
    'web/src/shell/nav-state.ts', // how wide the navigation is
    'web/src/shell/palette/recent.ts', // ids of commands, no titles
    'web/src/work/last-project.ts', // the key of a project
  ])
  expect(placesOf(web, /sessionStorage\.setItem/)).toEqual([
    'web/src/identity/entry/consent-page.tsx', // which request was gone on with
    'web/src/identity/external.ts', // the ties of a sign-in that is under way
    'web/src/identity/key.ts', // a key that somebody typed, until the tab is closed
    'web/src/ui/load-part.ts', // which build of the page was loaded anew
  ])
  expect(placesOf(web, /indexedDB|caches\.(open|put)|document\.cookie|serviceWorker/)).toEqual([])
})

test('pages take no messages of other windows, and ask no other site for anything', () => {
  // A channel of its own name joins the tabs of one person, of one origin.
  expect(placesOf(web, /postMessage|onmessage|addEventListener\('message'/)).toEqual([
    'web/src/live/tabs/share.ts',
  ])
  // Empty fields show what an address looks like, of a domain that is kept for examples.
  const others = /https?:\/\/(?!localhost|www\.w3\.org|([a-z]+\.)?example\.org\b)/
  expect(placesOf(web, others)).toEqual([])
})
