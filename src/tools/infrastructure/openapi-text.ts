import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { parseDocument } from 'yaml'
import { Refusal, refuse } from '../../kernel/refusal.ts'
import { isList, isObject } from '../domain/json.ts'
import { readOpenApiDocument } from '../domain/openapi-document.ts'
import type { OpenApiTools } from '../domain/openapi-operation.ts'
import { OPENAPI_BYTES_MAX } from '../domain/openapi-operation.ts'

// YAML takes a second for every megabyte, and a hostile document can be made to take longer. So
// documents are read in a thread of their own: the hub goes on, and the thread has limits of time
// and memory.

const READ_MS_MAX = 30_000
const HEAP_MB_MAX = 1_024
const STACK_MB = 4
/** Times that one anchor may be used, with what is inside it counted. */
const ALIASES_MAX = 100
/** Comparisons of keys: maps of a few thousand names are fine, one of a million is not. */
const COMPARISONS_MAX = 500_000_000
const MARK = 'guildhall openapi document'

/** What the thread says: tools, a refusal of ours, or why there is neither. */
type Told =
  | Readonly<{ kind: 'tools'; tools: OpenApiTools }>
  | Readonly<{ kind: 'refusal'; code: string; message: string; details: object }>
  | Readonly<{ kind: 'unreadable'; why: string }>

/** Reads the text of an OpenAPI document, JSON or YAML, into tools; refuses what it is not. */
export const readOpenApi = async (text: string): Promise<OpenApiTools> => {
  const bytes = Buffer.byteLength(text)
  if (bytes > OPENAPI_BYTES_MAX) {
    const message = `The document has ${bytes} bytes, more than ${OPENAPI_BYTES_MAX}. Cut it down.`
    throw refuse('invalid', 'tools.openapi_too_large', message, { bytesMax: OPENAPI_BYTES_MAX })
  }
  const told = await readApart(text.replace(/^\uFEFF/, ''))
  if (told.kind === 'tools') return told.tools
  if (told.kind === 'refusal') {
    throw refuse('invalid', told.code, told.message, { ...told.details })
  }
  const message = `The document is neither JSON nor YAML that can be read: ${told.why}. Correct it.`
  throw refuse('invalid', 'tools.openapi_unreadable', message)
}

const readApart = async (text: string): Promise<Told> => {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { mark: MARK, text },
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, stackSizeMb: STACK_MB },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Told>((resolve, reject) => {
      const end = (why: string) => resolve({ kind: 'unreadable', why })
      timer = setTimeout(() => end('it takes too long'), READ_MS_MAX)
      worker.once('message', (told: unknown) =>
        isTold(told) ? resolve(told) : end('its reader failed'),
      )
      worker.once('error', (cause) => {
        if (isOutOfMemory(cause)) end('it is too large')
        else reject(new Error('Reading a document failed.', { cause }))
      })
      worker.once('exit', () => end('its reader ended'))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  isObject(error) && error['code'] === 'ERR_WORKER_OUT_OF_MEMORY'

const isTold = (value: unknown): value is Told =>
  isObject(value) &&
  (value['kind'] === 'tools'
    ? isObject(value['tools']) && isList(value['tools']['operations'])
    : value['kind'] === 'refusal' || value['kind'] === 'unreadable')

const read = (text: string): Told => {
  const json = jsonIn(text)
  const parsed = json === undefined ? yamlIn(text) : { document: json, why: null }
  if (parsed.why !== null) return { kind: 'unreadable', why: parsed.why }
  try {
    return { kind: 'tools', tools: readOpenApiDocument(parsed.document) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, details } = error
    return { kind: 'refusal', code, message, details }
  }
}

// JSON is YAML, too; whatever is not JSON gets its second chance there.
const jsonIn = (text: string): unknown => {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Parsed = Readonly<{ document: unknown; why: string | null }>

const yamlIn = (text: string): Parsed => {
  let comparisons = 0
  try {
    const document = parseDocument(text, {
      schema: 'core',
      merge: false,
      stringKeys: true,
      prettyErrors: true,
      logLevel: 'silent',
      uniqueKeys(one, other) {
        comparisons += 1
        if (comparisons > COMPARISONS_MAX) throw new RangeError('Too many keys.')
        return isObject(one) && isObject(other) && one['value'] === other['value']
      },
    })
    const [error] = document.errors
    const line = error?.linePos?.[0].line
    const why = error ? `${error.code}${line === undefined ? '' : ` in line ${line}`}` : null
    return { why, document: error ? null : document.toJS({ maxAliasCount: ALIASES_MAX }) }
  } catch {
    return { why: 'it is nested too deep, or has too many keys or aliases', document: null }
  }
}

const job: unknown = isMainThread ? null : workerData
if (isObject(job) && job['mark'] === MARK && typeof job['text'] === 'string') {
  parentPort?.postMessage(read(job['text']), [])
}
