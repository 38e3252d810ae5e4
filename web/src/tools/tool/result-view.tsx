import { useState } from 'react'
import { isObject, type Json } from '../json.ts'
import { PlainText } from '../plain-text.tsx'
import type { CallAnswer } from '../views.ts'
import { Block } from './block.tsx'
import { CopyButton } from './copy-button.tsx'
import { JsonTree } from './json-tree.tsx'

const BLOCKS_MAX = 200

/** Shows the result of a call: its blocks, its data, and all of it as JSON. */
export const ResultView = ({ answer }: Readonly<{ answer: CallAnswer }>) => {
  const { result, text, isError, state, code } = answer
  if (result === null) return <Said text={text} isError={isError} code={code} />
  const blocks = blocksIn(result)
  const { structuredContent } = result
  const isAsking = state === 'input_required'
  return (
    <>
      {isError && (
        <p className="rounded-card bg-bad-soft p-3 text-list text-bad">
          The tool answered with an error.
        </p>
      )}
      {isAsking && (
        <p className="rounded-card bg-wait-soft p-3 text-list text-wait">
          The tool asks its caller something before it goes on. That can be answered by an MCP
          client, not on this page.
        </p>
      )}
      {blocks.slice(0, BLOCKS_MAX).map((block, at) => (
        <Block key={at} block={block} />
      ))}
      {blocks.length > BLOCKS_MAX && (
        <p className="text-list text-text-2">
          {`${blocks.length - BLOCKS_MAX} more blocks are in the whole result below.`}
        </p>
      )}
      {blocks.length === 0 && structuredContent === undefined && !isAsking && (
        <p className="text-list text-text-2">It answered without any content.</p>
      )}
      {structuredContent !== undefined && (
        <section className="grid grid-cols-[minmax(0,1fr)] gap-1">
          <h3 className="flex items-center justify-between text-meta font-medium text-text-3">
            Data
            <CopyButton label="Copy" text={() => JSON.stringify(structuredContent, null, 2)} />
          </h3>
          <JsonTree value={structuredContent} label="Data of the result" />
        </section>
      )}
      <Whole result={result} />
    </>
  )
}

type SaidProps = Readonly<{ text: string; isError: boolean; code: string | null }>

const Said = ({ text, isError, code }: SaidProps) => (
  <div
    className={`rounded-card p-3 text-list ${
      isError ? 'bg-bad-soft text-bad' : 'bg-sunken text-text-2'
    }`}
  >
    <PlainText text={text} />
    {code !== null && <p className="mt-1 font-mono text-meta">{code}</p>}
  </div>
)

// Made when it is opened: a large result is a large tree.
const Whole = ({ result }: Readonly<{ result: Json }>) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer rounded-control text-list text-text-2 hover:text-text">
        The whole result as JSON
      </summary>
      {isOpen && (
        <div className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-2">
          <JsonTree value={result} label="The whole result" />
          <div>
            <CopyButton label="Copy all of it" text={() => JSON.stringify(result, null, 2)} />
          </div>
        </div>
      )}
    </details>
  )
}

/** Finds the blocks of a result, wherever its method keeps them. */
const blocksIn = ({ content, contents, messages }: Json): readonly Json[] => {
  const list = [content, contents, messages].find((one) => Array.isArray(one))
  return Array.isArray(list) ? list.filter(isObject) : []
}
