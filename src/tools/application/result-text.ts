import type { Json } from './hub-records.ts'

/** Writes the result of a tool as the one text that agents read. */
export const resultText = (result: Json): string => {
  const { content, structuredContent, contents, messages, resultType } = result
  if (resultType === 'input_required')
    return 'The tool asks for something that only a client can answer.'
  const blocks = [content, contents, messages].find((one) => Array.isArray(one))
  const texts = Array.isArray(blocks) ? blocks.map(blockText) : []
  const text = texts.join('\n')
  if (text.trim() !== '') return text
  return structuredContent === undefined ? '(no content)' : JSON.stringify(structuredContent)
}

const blockText = (block: unknown): string => {
  if (!isObject(block)) return ''
  const { type, text, mimeType, data, blob, uri, name, resource, content } = block
  if (typeof text === 'string') return text
  if (isObject(resource)) return blockText(resource)
  if (isObject(content)) return blockText(content)
  const kind = [mimeType, type].find((one) => typeof one === 'string') ?? 'data'
  const bytes = typeof data === 'string' ? data : typeof blob === 'string' ? blob : null
  // Models cannot read what is encoded here; people see it on the page, under the call's key.
  if (bytes !== null) return `[${kind}, ${Math.ceil((bytes.length * 3) / 4)} bytes]`
  if (typeof uri === 'string') return `[${typeof name === 'string' ? `${name} ` : ''}${uri}]`
  return `[${kind}]`
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
