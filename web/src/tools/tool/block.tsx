import { FileText, Link2 } from 'lucide-react'
import { isObject, type Json } from '../json.ts'
import { PlainText, Word } from '../plain-text.tsx'
import { bytesOf } from '../views.ts'
import { AudioClip } from './audio-clip.tsx'
import { JsonTree } from './json-tree.tsx'
import { TextBlock } from './text-block.tsx'
import { cutText } from '../../ui/signs.ts'

// Pictures that browsers draw and that can ask nobody for anything.
const PICTURES: ReadonlySet<string> = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'],
])
const BASE64 = /^[A-Za-z0-9+/=\s]*$/

/** Shows one block of a result: text, picture, sound, a resource, a link that is not followed. */
export const Block = ({ block }: Readonly<{ block: Json }>) => {
  const { type, text, data, mimeType, resource, content } = block
  if (isObject(content)) return <Block block={content} />
  if (type === 'resource' && isObject(resource)) return <Resource resource={resource} />
  if (type === 'resource_link') return <ResourceLink block={block} />
  if (typeof text === 'string') return <TextBlock text={text} />
  if (typeof data === 'string') return <Encoded data={data} mimeType={mimeType} />
  if (typeof block['uri'] === 'string') return <Resource resource={block} />
  return <JsonTree value={block} label="Block of the result" />
}

type EncodedProps = Readonly<{ data: string; mimeType: unknown }>

const Encoded = ({ data, mimeType }: EncodedProps) => {
  const type = typeof mimeType === 'string' ? mimeType.toLowerCase().split(';')[0]?.trim() : ''
  const isReadable = BASE64.test(data)
  if (isReadable && type !== undefined && PICTURES.has(type)) {
    return (
      <figure className="grid gap-1">
        <img
          src={`data:${type};base64,${data}`}
          alt="Result of the tool"
          className="max-h-[32rem] max-w-full justify-self-start rounded-card border border-line
            bg-sunken object-contain"
        />
        <figcaption className="text-meta text-text-3">{sizeOf(type, data)}</figcaption>
      </figure>
    )
  }
  if (isReadable && type?.startsWith('audio/')) {
    return <AudioClip data={data} about={sizeOf(type, data)} />
  }
  return (
    <p className="flex items-center gap-2 text-list text-text-2">
      <FileText aria-hidden="true" className="size-4 shrink-0 text-text-3" />
      <Word text={sizeOf(type || 'data', data)} />
    </p>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? cutText(value, 2_000) : '')

const sizeOf = (type: string, data: string): string =>
  `${cutText(type, 80)}, ${bytesOf(Math.floor((data.length * 3) / 4))}`

const Resource = ({ resource }: Readonly<{ resource: Json }>) => {
  const { uri, text, blob, mimeType } = resource
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-1.5 rounded-card border border-line p-3">
      <p className="flex items-start gap-2 text-list">
        <FileText aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-text-3" />
        <span className="min-w-0 font-mono text-meta">
          <Word text={textOf(uri) || 'Resource'} />
        </span>
      </p>
      {typeof text === 'string' && <TextBlock text={text} />}
      {typeof blob === 'string' && <Encoded data={blob} mimeType={mimeType} />}
    </section>
  )
}

// A link goes where a server wants it to go: it is shown, for people to read, and never followed.
const ResourceLink = ({ block }: Readonly<{ block: Json }>) => {
  const { uri, name, title, description, mimeType } = block
  const shown = [title, name].find((one) => typeof one === 'string' && one !== '')
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-1 rounded-card border border-line p-3">
      <p className="flex items-start gap-2 text-list font-medium">
        <Link2 aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-text-3" />
        <Word text={typeof shown === 'string' ? cutText(shown, 200) : 'Link to a resource'} />
      </p>
      <p className="font-mono text-meta text-text-2">
        <Word text={textOf(uri)} />
      </p>
      {typeof description === 'string' && (
        <div className="text-list text-text-2">
          <PlainText text={cutText(description, 2_000)} />
        </div>
      )}
      {typeof mimeType === 'string' && (
        <p className="text-meta text-text-3">
          <Word text={cutText(mimeType, 80)} />
        </p>
      )}
    </section>
  )
}
