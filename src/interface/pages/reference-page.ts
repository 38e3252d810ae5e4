import type { Reply } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'
import { isRecord } from '../http/input.ts'
import type { Json, OpenApi, PathItem } from '../http/openapi.ts'
import type { Html } from './page.ts'
import { html, page } from './page.ts'

/** Makes the reference page of all routes out of the OpenAPI document. */
export const referencePage = (document: OpenApi, headers: FlatHeaders): Reply => {
  const entries = Object.entries(document.paths).flatMap(([path, items]) =>
    Object.entries(items).map(([method, item]) => ({ path, method, item })),
  )
  const rooms = [...new Set(entries.flatMap(({ item }) => item.tags))]
  const sections = rooms.map((room) => {
    const own = entries.filter(({ item }) => item.tags.includes(room))
    return html`<h2 id="${room}">${room}</h2>\n${own.map(section)}`
  })
  const body = html`<h1>Routes of Guildhall</h1>
<p>Send <code>Authorization: Bearer &lt;key&gt;</code>. Answers are JSON; a refusal is a problem
document. The same as a program reads it: <a href="/openapi.json">openapi.json</a>.</p>
<p>${rooms.map((room) => html`<a href="#${room}">${room}</a> `)}</p>
${sections}`
  return page('Routes', body, headers)
}

type Entry = Readonly<{ path: string; method: string; item: PathItem }>

const section = ({ path, method, item }: Entry): Html => {
  const content = item.requestBody?.['content']
  const body = isRecord(content) ? content['application/json'] : undefined
  const rows = [...item.parameters.map(parameterRow), ...bodyRows(body)]
  const permission = item['x-permission']
  const needs = permission === null ? html`any key` : html`<code>${permission}</code>`
  return html`<h3 id="${item.operationId}">
<code>${method.toUpperCase()} /v1${path}</code></h3>
<p>${item.summary} <span class="dim">Needs ${needs}.</span></p>
${rows.length > 0 ? html`<table>\n${rows}</table>` : ''}
<details><summary>Answer</summary><pre>${answerText(item.responses)}</pre></details>
`
}

const parameterRow = (parameter: Json): Html =>
  row(String(parameter['name']), String(parameter['in']), {
    needed: parameter['required'] === true,
    schema: parameter['schema'],
    about: parameter['description'],
  })

const bodyRows = (body: unknown): readonly Html[] => {
  const schema = isRecord(body) && isRecord(body['schema']) ? body['schema'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const properties = isRecord(schema['properties']) ? schema['properties'] : {}
  return Object.entries(properties).map(([name, field]) =>
    row(name, 'body', {
      needed: required.includes(name),
      schema: field,
      about: isRecord(field) ? field['description'] : undefined,
    }),
  )
}

type Facts = Readonly<{ needed: boolean; schema: unknown; about: unknown }>

const row = (name: string, place: string, { needed, schema, about }: Facts): Html => {
  const said = typeof about === 'string' ? about : ''
  return html`<tr><td><code>${name}</code></td><td class="dim">${place}</td>
<td>${typeText(schema)}${needed ? '' : html` <span class="dim">optional</span>`}</td>
<td>${said}</td></tr>
`
}

const typeText = (schema: unknown): string => {
  if (!isRecord(schema)) return 'any'
  const { type, enum: values, items } = schema
  if (Array.isArray(values)) return values.join(' | ')
  if (type === 'array') return `list of ${typeText(items)}`
  for (const group of [schema['anyOf'], schema['oneOf']]) {
    if (Array.isArray(group)) return group.map(typeText).join(' or ')
  }
  return typeof type === 'string' ? type : 'any'
}

const answerText = (responses: Json): string => {
  const done = responses['200']
  const content = isRecord(done) ? done['content'] : undefined
  const json = isRecord(content) ? content['application/json'] : undefined
  return JSON.stringify(isRecord(json) ? json['schema'] : {}, null, 2)
}
