import { Component, lazy, memo, type ReactNode, Suspense } from 'react'
import { isTame } from './is-tame.ts'
import { loadPart } from './load-part.ts'

// Most of a visit is spent on the board: the Markdown reader comes with the first text.
const Markdown = lazy(() =>
  loadPart(() => import('./markdown.tsx').then(({ markdownPart }) => markdownPart)),
)

type TextProps = Readonly<{ text: string }>

/** Shows a Markdown text; plain until its reader is there, and where the reader gives up. */
export const RichText = memo(({ text }: TextProps) => {
  const plain = <Plain text={text} />
  if (!isTame(text)) return plain
  return (
    <PlainAfterCrash key={text} plain={plain}>
      <Suspense fallback={plain}>
        <Markdown text={text} />
      </Suspense>
    </PlainAfterCrash>
  )
})
RichText.displayName = 'RichText'

const Plain = ({ text }: TextProps) => (
  <p className="[overflow-wrap:anywhere] whitespace-pre-wrap text-text-2" dir="auto">
    {text}
  </p>
)

type CrashProps = Readonly<{ plain: ReactNode; children: ReactNode }>

// A text that nobody can read as Markdown is still a text.
class PlainAfterCrash extends Component<CrashProps, Readonly<{ isBroken: boolean }>> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render(): ReactNode {
    return this.state.isBroken ? this.props.plain : this.props.children
  }
}
