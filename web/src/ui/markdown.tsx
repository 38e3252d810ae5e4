import { Link } from '@tanstack/react-router'
import { type ComponentProps, memo, useId } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { linkTaskKeys } from './link-task-keys.ts'

type MarkdownProps = Readonly<{ text: string }>

/** Shows a text that somebody wrote: Markdown without raw HTML, images as links. */
const Markdown = memo(({ text }: MarkdownProps) => {
  const id = useId()
  return (
    <div className="prose-task min-w-0 [overflow-wrap:anywhere]" dir="auto">
      <ReactMarkdown
        remarkPlugins={[remarkGfm, linkTaskKeys]}
        // Several texts stand on one page: the names of their footnotes must differ.
        remarkRehypeOptions={{ clobberPrefix: `${id}-` }}
        components={PARTS}
        urlTransform={safeUrl}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
})
Markdown.displayName = 'Markdown'

// Code of a lazy part is found by its default name; the object stands in for a module.
export const markdownPart = { default: Markdown }

const TASK = /^\/t\/[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/
const SAFE = /^(https?:\/\/[^\s/]|mailto:[^\s])/i

// Everything else is shown without its address: scripts, files, and places within this page,
// whose addresses can carry a key to sign in with.
const safeUrl = (url: string): string => (SAFE.test(url) || TASK.test(url) ? url : '')

const SafeLink = ({ href, children }: ComponentProps<'a'>) => {
  if (href === undefined || href === '') return <span>{children}</span>
  if (TASK.test(href)) {
    return (
      <Link to="/t/$key" params={{ key: href.slice(3) }} search>
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

// A list of things to do is ticked where it is written, not here.
const Ticked = ({ checked }: ComponentProps<'input'>) => (
  <span role="img" aria-label={checked ? 'done' : 'not done'} className="mr-1.5 text-text-3">
    {checked ? '☑' : '☐'}
  </span>
)

// The page has its own headings above those of a text.
const PARTS: Components = {
  a: SafeLink,
  img: ImageLink,
  input: Ticked,
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
}
