import { Link } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { linkTaskKeys } from './link-task-keys.ts'

type MarkdownProps = Readonly<{ text: string }>

/** Shows a text that somebody wrote: Markdown without raw HTML, images as links. */
const Markdown = ({ text }: MarkdownProps) => (
  <div className="prose-task min-w-0 break-words" dir="auto">
    <ReactMarkdown
      remarkPlugins={[remarkGfm, linkTaskKeys]}
      components={{ a: SafeLink, img: ImageLink }}
      urlTransform={safeUrl}
    >
      {text}
    </ReactMarkdown>
  </div>
)

// Code of a lazy part is found by its default name; the object stands in for a module.
export const markdownPart = { default: Markdown }

const SAFE = /^(https?:\/\/|mailto:|\/t\/[A-Z][A-Z0-9]{1,9}-[1-9][0-9]*$|#)/i

const safeUrl = (url: string): string => (SAFE.test(url) ? url : '')

const SafeLink = ({ href, children }: ComponentProps<'a'>) => {
  if (href?.startsWith('/t/')) {
    return (
      <Link to="/t/$key" params={{ key: href.slice(3) }}>
        {children}
      </Link>
    )
  }
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}

const ImageLink = ({ src, alt }: ComponentProps<'img'>) => {
  const address = typeof src === 'string' ? src : ''
  return <SafeLink href={address}>{alt || address || 'image'}</SafeLink>
}
