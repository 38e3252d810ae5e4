import { Panel, PanelBody } from '../../ui/panel.tsx'
import type { Details } from '../views.ts'
import { CopyButton } from './copy-button.tsx'
import { JsonTree } from './json-tree.tsx'

/** Shows the definition of a tool as programs read it. */
export const JsonPanel = ({ tool }: Readonly<{ tool: Details }>) => {
  const { original, inputSchema, outputSchema, annotations, hash } = tool
  const whole = {
    ...{ name: original, inputSchema },
    ...(outputSchema !== null && { outputSchema }),
    ...(annotations !== null && { annotations }),
  }
  return (
    <Panel
      title="Definition"
      about="As its server gave it; without hidden characters."
      action={<CopyButton label="Copy" text={() => JSON.stringify(whole, null, 2)} />}
    >
      <PanelBody>
        <JsonTree value={whole} label="Definition" />
        <p className="mt-2 text-meta text-text-3">
          Hash <span className="font-mono break-all">{hash}</span>
        </p>
      </PanelBody>
    </Panel>
  )
}
