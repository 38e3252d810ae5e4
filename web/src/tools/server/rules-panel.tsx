import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import type { Json } from '../json.ts'
import { saidRules } from './rules.ts'
import { RulesForm } from './rules-form.tsx'

type RulesPanelProps = Readonly<{
  title: string
  about: string
  server: string
  /** The tool's name here; `null`: all tools of the server. */
  tool: string | null
  rules: Json
  /** Those of the server, which count where the tool has none. */
  inherited?: Json
  mayChange: boolean
  changed(): void
}>

/** Shows rules in sentences, and the form that changes them. */
export const RulesPanel = (props: RulesPanelProps) => {
  const { title, about, server, tool, rules, inherited = {}, mayChange, changed } = props
  const [isOpen, setOpen] = useState(false)
  const said = saidRules(rules)
  const above = saidRules(inherited)
  return (
    <Panel
      title={title}
      about={about}
      action={mayChange && !isOpen && <Button onClick={() => setOpen(true)}>Change</Button>}
    >
      <PanelBody>
        {isOpen ? (
          <RulesForm
            server={server}
            tool={tool}
            rules={rules}
            close={() => setOpen(false)}
            done={() => {
              setOpen(false)
              changed()
            }}
          />
        ) : (
          <div className="grid gap-1 text-list text-text-2">
            <p>{said.length === 0 ? 'None of its own.' : sentence(said)}</p>
            {above.length > 0 && <p>{`Of the server: ${above.join('; ')}.`}</p>}
            <p className="text-text-3">
              Where no rule says anything, what it says of itself counts, read with suspicion.
            </p>
          </div>
        )}
      </PanelBody>
    </Panel>
  )
}

const sentence = (said: readonly string[]): string => {
  const text = said.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
