import { isRecord } from '../../src/interface/http/input.ts'
import {
  type Json,
  type OpenApi,
  openApi,
  type PathItem,
} from '../../src/interface/http/openapi.ts'
import { STATUS_OF_KIND } from '../../src/interface/http/problem.ts'
import { operationRoutes } from '../../src/interface/http/route-table.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { code, fenced, type Page, pageOf, table } from './markdown.ts'
import { shapeLine, shapeText } from './shape.ts'

const ABOUT = `Every route stands below the address of the hub. Send a key as
\`Authorization: Bearer <key>\` or as \`X-API-Key\`. Bodies and answers are JSON.

- A single thing is answered with an \`ETag\`; a write takes it as \`If-Match\`.
- A write takes an \`Idempotency-Key\`: the same key is answered with the same answer.
- A list has \`limit\` and \`cursor\`; the answer's \`next\` is the cursor of the next page.
- A refusal is a problem document (\`application/problem+json\`) with \`type\`, \`title\`,
  \`status\`, \`code\` and \`trace\`. Its page is \`GET /problems/<code>\`.

The same as a program reads it: \`GET /openapi.json\`. For people, in a running hub: \`GET /docs\`.`

const BESIDE = [
  ['GET /v1/stream', 'Events while they happen (SSE); resumes behind `Last-Event-ID`.'],
  ['GET /v1/ws', 'The same events on a WebSocket.'],
  ['GET /healthz', 'Whether the process lives.'],
  ['GET /readyz', 'Whether the hub can serve; 503 while it cannot.'],
  ['GET /openapi.json', 'This page as OpenAPI 3.1.'],
  ['GET /docs', 'This page in a browser.'],
  ['GET /problems/:code', 'What a refusal means.'],
] as const

type Entry = Readonly<{ address: string; item: PathItem }>

/** Writes the page of all routes. */
export const httpPage = (operations: readonly AnyOperation[]): Page => {
  const document = openApi(operationRoutes(operations), '')
  const entries = Object.entries(document.paths).flatMap(([path, items]) =>
    Object.entries(items).map(([method, item]): Entry => {
      const address = `${method.toUpperCase()} /v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`
      return { address, item }
    }),
  )
  const rooms = [...new Set(entries.flatMap(({ item }) => item.tags))]
  const kinds = Object.entries(STATUS_OF_KIND)
  return pageOf('http.md', 'HTTP', [
    ABOUT,
    '## Refusals',
    table(
      ['Kind', 'Status'],
      kinds.map(([kind, status]) => [code(kind), status]),
    ),
    '## Beside the operations',
    table(
      ['Route', 'Answers'],
      BESIDE.map(([route, about]) => [code(route), about]),
    ),
    ...rooms.flatMap((room) => [
      `## ${room}`,
      ...entries
        .filter(({ item }) => item.tags.includes(room))
        .flatMap((entry) => section(entry, document)),
    ]),
  ])
}

const section = ({ address, item }: Entry, document: OpenApi): string[] => {
  const named = document.components['schemas']
  const schemas = isRecord(named) ? named : {}
  const permission = item['x-permission']
  const anyone = item.security?.length === 0 ? 'Anyone.' : 'Anyone who is signed in.'
  const fresh = item['x-fresh'] ? ' A browser has to have signed in within ten minutes.' : ''
  const needs = `${permission === null ? anyone : `Needs ${code(permission)}.`}${fresh}`
  const output = schemaIn(item.responses['200'])
  return [
    `### ${address}`,
    item.summary,
    `${code(item.operationId)}. ${needs}`,
    table(
      ['Field', 'In', 'Type', 'About'],
      [
        ...item.parameters.map((parameter) => parameterRow(parameter, schemas)),
        ...bodyRows(schemaIn(item.requestBody), schemas),
      ],
    ),
    'Answer:',
    fenced('ts', shapeText(output, schemas)),
  ]
}

const schemaIn = (holder: unknown): unknown => {
  const content = isRecord(holder) ? holder['content'] : undefined
  const json = isRecord(content) ? content['application/json'] : undefined
  return isRecord(json) ? json['schema'] : undefined
}

type Schemas = Readonly<Record<string, unknown>>

const parameterRow = (parameter: Json, schemas: Schemas): readonly string[] => {
  const { name, in: place, required, schema, description } = parameter
  const facts = { place: String(place), isNeeded: required === true, about: description }
  return row(String(name), shapeLine(schema, schemas), facts)
}

const bodyRows = (body: unknown, schemas: Schemas): readonly (readonly string[])[] => {
  if (!isRecord(body)) return []
  const required = Array.isArray(body['required']) ? body['required'] : []
  const properties = isRecord(body['properties']) ? body['properties'] : {}
  if (Object.keys(properties).length === 0 && (body['anyOf'] ?? body['oneOf']) !== undefined) {
    return [row('', shapeLine(body, schemas), { place: 'body', isNeeded: true, about: '' })]
  }
  return Object.entries(properties).map(([name, field]) => {
    const about = isRecord(field) ? field['description'] : ''
    const facts = { place: 'body', isNeeded: required.includes(name), about }
    return row(name, shapeLine(field, schemas), facts)
  })
}

type Facts = Readonly<{ place: string; isNeeded: boolean; about: unknown }>

const row = (name: string, type: string, { place, isNeeded, about }: Facts): readonly string[] => {
  const said = typeof about === 'string' ? about : ''
  const field = name === '' ? 'the body' : code(name)
  return [field, isNeeded ? place : `${place}, optional`, code(type), said]
}
