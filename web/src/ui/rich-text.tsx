import { lazy, Suspense } from 'react'

// Most of a visit is spent on the board: the Markdown reader comes with the first text.
const Markdown = lazy(() => import('./markdown.tsx').then(({ markdownPart }) => markdownPart))

/** Shows a Markdown text; plain until its reader is there. */
export const RichText = ({ text }: Readonly<{ text: string }>) => (
  <Suspense fallback={<p className="whitespace-pre-wrap text-text-2">{text}</p>}>
    <Markdown text={text} />
  </Suspense>
)
