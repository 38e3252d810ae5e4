import type { Json } from './json.ts'

/** Where a parameter travels. */
export type ParameterPlace = 'path' | 'query' | 'header' | 'cookie'

/** How a value that is a list or an object is written. */
export type ParameterStyle = 'simple' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'

/** How a field of a call is written. */
export type FieldForm = Readonly<{
  /** Name of the field in the arguments of the tool. */
  field: string
  /** Name that the service knows. */
  name: string
  style: ParameterStyle
  explode: boolean
  /** The value travels as JSON text. */
  json: boolean
}>

/** A parameter of the request. */
export type ParameterSlot = FieldForm & Readonly<{ in: ParameterPlace; required: boolean }>

/** How the body is made. */
export type BodyPlan = Readonly<{
  mediaType: string
  as: 'json' | 'form' | 'text'
  required: boolean
  /** The one field that is the body; null where its members are fields of their own. */
  field: string | null
  members: readonly FieldForm[]
}>

/** What a request is made of; only placeholders and fields ever change. */
export type RequestTemplate = Readonly<{
  method: string
  /** Path below the address of the service, with `{name}` where arguments go. */
  path: string
  slots: readonly ParameterSlot[]
  body: BodyPlan | null
  /** Places of credentials, `query:api_key`: never filled from arguments. */
  reserved: readonly string[]
}>

/** What an operation does to the service. */
export type OpenApiEffect = 'read' | 'write' | 'destroy'

/** One operation as a tool. */
export type OpenApiOperation = Readonly<{
  name: string
  title: string | null
  description: string
  /** JSON Schema 2020-12 without references. */
  inputSchema: Json
  effect: OpenApiEffect
  request: RequestTemplate
  /** Schemes that go together, by name; one of the lists is enough, and an empty list is none. */
  security: readonly (readonly string[])[]
}>

/** Where a scheme wants its credential; `name` is that of the header, parameter or cookie. */
export type CredentialPlace = Readonly<{
  scheme: string
  kind: 'header' | 'query' | 'cookie' | 'bearer' | 'basic' | 'unsupported'
  name: string | null
  /** What the document calls it: `oauth2`, `http bearer`. */
  says: string
  description: string | null
}>

/** What a document offers. */
export type OpenApiTools = Readonly<{
  title: string
  version: string
  description: string | null
  /** Addresses that the document names, defaults filled in. */
  servers: readonly string[]
  /** Path of the first of them: empty, or `/v1`. */
  serverPath: string
  operations: readonly OpenApiOperation[]
  /** Operations that cannot be tools, and why. */
  left: readonly Readonly<{ operation: string; why: string }>[]
  credentials: readonly CredentialPlace[]
}>

/** Operations that one document has at most. */
export const OPENAPI_OPERATIONS_MAX = 300
/** Bytes that one document has at most. */
export const OPENAPI_BYTES_MAX = 5_000_000

/** Tells what a method does, going by what HTTP promises. */
export const effectOf = (method: string): OpenApiEffect => {
  if (method === 'GET' || method === 'HEAD') return 'read'
  return method === 'DELETE' ? 'destroy' : 'write'
}

// A header of these speaks for the connection, the credential, or somebody else; some would turn
// a read into a write.
const RESERVED_HEADERS = new Set(
  [
    'accept-encoding authorization connection content-encoding content-length content-type cookie',
    'cookie2 date expect forwarded host http2-settings keep-alive max-forwards origin referer',
    'set-cookie te trailer traceparent tracestate transfer-encoding upgrade user-agent via',
    'x-http-method x-http-method-override x-method-override x-original-method x-original-url',
    'x-original-uri x-rewrite-url x-real-ip x-client-ip x-cluster-client-ip x-remote-user',
    'x-host x-accel-redirect x-sendfile true-client-ip client-ip cf-connecting-ip',
  ].flatMap((line) => line.split(' ')),
)
const RESERVED_BEGINNINGS = /^(proxy-|sec-|access-control-|x-forwarded|x-envoy-|x-middleware-)/
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/

/** Tells whether a name is one that HTTP allows for a header or a cookie. */
export const isHttpToken = (name: string): boolean => TOKEN.test(name)

/** Tells whether a header is not for arguments to fill. */
export const isReservedHeader = (name: string): boolean => {
  // Servers that hand headers on as variables cannot tell `_` from `-`.
  const plain = name.toLowerCase().replaceAll('_', '-')
  return RESERVED_HEADERS.has(plain) || RESERVED_BEGINNINGS.test(plain)
}

const OVERRIDES = new Set(['_method', 'x-http-method', 'x-http-method-override', '_httpmethod'])

/** Tells whether a field of a query or form would change the method of the request. */
export const overridesMethod = (name: string): boolean => OVERRIDES.has(name.toLowerCase())
