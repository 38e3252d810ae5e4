import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { Kbd } from '../../../ui/kbd.tsx'
import { RichText } from '../../../ui/rich-text.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { MentionBox } from './mention-box.tsx'

type MarkdownBoxProps = Readonly<{
  label: string
  value: string
  change(text: string): void
  /** Done by the command key and Enter. */
  save(): void
  /** Done by Escape. */
  cancel(): void
  maxLength: number
  rows: number
  placeholder?: string
  first?: boolean
  /** The buttons below it. */
  children: ReactNode
}>

const VIEWS = [
  { id: 'write', name: 'Write' },
  { id: 'preview', name: 'Preview' },
] as const

/** Shows a field for Markdown, and what becomes of it. */
export const MarkdownBox = (props: MarkdownBoxProps) => {
  const { label, value, change, save, cancel, maxLength, rows, placeholder, first, children } =
    props
  const [view, setView] = useState<string>('write')
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const isSaved = event.key === 'Enter' && (event.metaKey || event.ctrlKey)
    if (!isSaved && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    if (isSaved) save()
    else cancel()
  }
  return (
    <div>
      {view === 'write' ? (
        <MentionBox
          {...{ label, value, change, maxLength, rows, placeholder, onKeyDown }}
          first={first ?? false}
        />
      ) : (
        <div
          className="min-h-20 rounded-control border border-line bg-surface px-2.5 py-1.5"
          aria-label={`${label}, preview`}
          role="region"
        >
          {value.trim() === '' ? (
            <p className="text-text-3">Nothing to show yet.</p>
          ) : (
            <RichText text={value} />
          )}
        </div>
      )}
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        <Tabs label={`${label}: view`} tabs={VIEWS} chosen={view} change={setView} />
        <span className="ml-auto flex items-center gap-2">
          <span className="pointer-coarse:hidden max-sm:hidden">
            <Kbd keys="Mod+Enter" />
          </span>
          {children}
        </span>
      </div>
    </div>
  )
}
