import type { Reply } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'
import { html, page } from './page.ts'
import { STATUS_OF_KIND } from '../http/problem.ts'

const CODE = /^([a-z][a-z0-9_]{0,40})\.([a-z][a-z0-9_]{0,80})$/

const MEANING: Readonly<Record<keyof typeof STATUS_OF_KIND, string>> = {
  invalid: 'The input does not fit. Change it as the title says, then send it again.',
  unauthenticated: 'We do not know the caller. Send a valid key.',
  forbidden: 'The caller is known and may not do this. Asking again will not help.',
  not_found: 'No such thing exists, or it is not the caller’s to see.',
  conflict: 'It does not fit the present state, or somebody was faster. Read again, then decide.',
  too_many: 'A limit was reached. Try again after the seconds in Retry-After.',
  unavailable: 'Something the hub needs is away. Try again after the seconds in Retry-After.',
}

/** Makes the page that explains a problem's code; `null` for what cannot be a code. */
export const problemPage = (code: string, headers: FlatHeaders): Reply | null => {
  const [, room, what] = CODE.exec(code) ?? []
  if (room === undefined || what === undefined) return null
  const rows = Object.entries(STATUS_OF_KIND).map(
    ([kind, status]) =>
      html`<tr><td>${status}</td><td>${MEANING[isKind(kind) ? kind : 'invalid']}</td></tr>\n`,
  )
  const body = html`<h1>${what.replaceAll('_', ' ')}</h1>
<p><code>${code}</code> is a code of the room <b>${room}</b>. Programs may rely on it: it never
changes its meaning.</p>
<p>Guildhall said no to a request, and nothing was changed by it. The <code>title</code> of the
answer says what to do next, its other members give the facts, and its <code>trace</code> finds
the request in the hub’s log.</p>
<table><tr><th>Status</th><th>Means</th></tr>
${rows}<tr><td>500</td><td>Our mistake. Tell whoever runs this hub the trace.</td></tr></table>
<p><a href="/docs">All routes</a></p>`
  return page(what.replaceAll('_', ' '), body, headers)
}

const isKind = (kind: string): kind is keyof typeof STATUS_OF_KIND =>
  Object.hasOwn(STATUS_OF_KIND, kind)
