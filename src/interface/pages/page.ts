import type { Reply } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'

/** A text that is HTML already. */
export type Html = Readonly<{ html: string }>

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

type Piece = string | number | Html | readonly Piece[]

const render = (piece: Piece): string => {
  if (typeof piece === 'string') return escape(piece)
  if (typeof piece === 'number') return String(piece)
  return 'html' in piece ? piece.html : piece.map(render).join('')
}

/** Writes HTML; whatever stands in a hole is text, unless it was written by `html` itself. */
export const html = (fixed: TemplateStringsArray, ...holes: readonly Piece[]): Html => ({
  html: fixed.map((text, at) => text + (at < holes.length ? render(holes[at] ?? '') : '')).join(''),
})

/** Makes a whole page of our own style around a body. */
export const page = (title: string, body: Html, headers: FlatHeaders): Reply => ({
  status: 200,
  headers: [...headers, 'content-type', 'text/html; charset=utf-8', 'cache-control', 'no-cache'],
  body: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Guildhall</title>
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.html,
})

/** The style sheet of these pages. */
export const PAGE_STYLE = `:root { color-scheme: light dark; --line: #8884; --dim: #777; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 .25rem; font-size: 1rem; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; }
th { font-weight: 600; } .dim { color: var(--dim); }
`
