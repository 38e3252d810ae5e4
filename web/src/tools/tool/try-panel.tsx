import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { AreaField } from '../../ui/form/area-field.tsx'
import { Field } from '../../ui/form/field.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { isObject } from '../json.ts'
import type { Details } from '../views.ts'
import { type Draft, filledIn, jsonIn, problemsAt, WHOLE } from './draft.ts'
import { fieldsOf } from './fields.ts'
import { SchemaField } from './schema-field.tsx'
import type { Call } from './use-call.ts'

type TryPanelProps = Readonly<{ tool: Details; call: Call; mayCall: boolean }>

/** Shows a form made of what a tool wants to know, and calls the tool with what is filled in. */
export const TryPanel = ({ tool, call, mayCall }: TryPanelProps) => {
  const place = useRef<HTMLFormElement>(null)
  const { fields, isJson, json, draft, problems, ...form } = useTryForm(tool, call)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    // The field shows its problem with the next picture, and takes the focus then.
    if (!form.send()) requestAnimationFrame(() => focusWrong(place.current))
  }
  const whole = problems.get(WHOLE)
  const { kind } = call.calling
  useEffect(() => {
    if (kind === 'refused') focusWrong(place.current)
  }, [kind])
  const isRunning = kind === 'running'
  const why = whyNot(tool, mayCall)
  if (why !== null) {
    return (
      <Panel title="Try this tool">
        <PanelBody>
          <p className="text-list text-text-2">{why}</p>
        </PanelBody>
      </Panel>
    )
  }
  return (
    <Panel
      title="Try this tool"
      about={ABOUT[tool.effect]}
      action={
        fields !== null && (
          <Button aria-pressed={isJson} onClick={form.turn}>
            {isJson ? 'Fill in a form' : 'Write JSON'}
          </Button>
        )
      }
    >
      <PanelBody>
        <form ref={place} noValidate onSubmit={submit} className="grid gap-4">
          {isJson || fields === null ? (
            <AreaField
              label="Arguments"
              about="All of them, as one JSON object."
              value={json}
              change={form.setJson}
              problem={whole ?? null}
              rows={6}
              mono
            />
          ) : (
            <>
              {fields.length === 0 && (
                <p className="text-list text-text-2">It wants to know nothing.</p>
              )}
              {fields.map((field) => (
                <SchemaField
                  key={field.path}
                  field={field}
                  draft={draft}
                  problems={problems}
                  write={form.write}
                />
              ))}
              {whole !== undefined && (
                <p role="alert" className="text-list [overflow-wrap:anywhere] text-bad">
                  {whole}
                </p>
              )}
            </>
          )}
          {form.needsTask && (
            <Field
              label="For the task (may be left out)"
              about="It may be used in some projects only: name a task there that you hold."
              placeholder="GH-12"
              value={form.task}
              change={form.setTask}
              spellCheck={false}
              className="max-w-60"
            />
          )}
          <div className="flex flex-wrap items-center gap-2">
            <Button type="submit" look="filled" disabled={isRunning}>
              Call it
            </Button>
            {isRunning && <Button onClick={call.leave}>Cancel</Button>}
            <span className="text-meta text-text-3 pointer-coarse:hidden">Ctrl Enter</span>
          </div>
        </form>
      </PanelBody>
    </Panel>
  )
}

const ABOUT: Record<Details['effect'], string> = {
  read: 'A real call, with your rights, on the record. It reads and changes nothing.',
  write: 'A real call, with your rights, on the record. It changes something.',
  destroy: 'A real call, with your rights, on the record. What it destroys may not come back.',
}

const whyNot = ({ state, off }: Details, mayCall: boolean): string | null => {
  if (state === 'gone') return 'Its server does not offer it any more.'
  if (state === 'rejected') return 'It was rejected: nobody can call it.'
  if (state !== 'approved') return 'Nobody can call it before somebody has decided.'
  if (off) return 'It is switched off by its rules.'
  return mayCall ? null : 'You may look at it; calling tools needs the right tool:call.'
}

/** Keeps what is written in the form, and what is wrong with it. */
const useTryForm = (tool: Details, call: Call) => {
  const { name, inputSchema, rules, serverRules } = tool
  const [fields] = useState(() => fieldsOf(inputSchema))
  const [isJson, setIsJson] = useState(fields === null)
  const [draft, setDraft] = useState<Draft>({})
  const [json, setJson] = useState('{}')
  const [task, setTask] = useState('')
  const [own, setOwn] = useState<ReadonlyMap<string, string>>(new Map())
  const { calling } = call
  // What the hub found counts until the form is sent again.
  const found = calling.kind === 'refused' ? calling.problems : []
  const problems = own.size > 0 ? own : problemsAt(found, isJson ? [] : (fields ?? []))
  const written = (): Readonly<{ args: object; problems: ReadonlyMap<string, string> }> => {
    if (!isJson) return filledIn(fields ?? [], draft)
    const read = jsonIn(json)
    if ('problem' in read) return { args: {}, problems: new Map([[WHOLE, read.problem]]) }
    if (isObject(read.value)) return { args: read.value, problems: new Map() }
    return { args: {}, problems: new Map([[WHOLE, 'Arguments are an object: { }.']]) }
  }
  /** Makes the call, unless something is wrong with it. */
  const send = (): boolean => {
    const { args, problems: wrong } = written()
    setOwn(wrong)
    if (wrong.size > 0) return false
    call.make(name, { args, ...(task.trim() !== '' && { task: task.trim() }) })
    return true
  }
  const turn = (): void => {
    // What is filled in is not lost on the way to JSON; there is no sure way back.
    if (!isJson) setJson(JSON.stringify(filledIn(fields ?? [], draft).args, null, 2))
    setOwn(new Map())
    setIsJson(!isJson)
  }
  const write = (path: string, text: string): void =>
    setDraft((before) => ({ ...before, [path]: text }))
  const needsTask = Array.isArray(rules['projects'] ?? serverRules['projects'])
  const values = { fields, isJson, json, draft, problems, task, needsTask }
  return { ...values, setJson, setTask, write, send, turn }
}

const focusWrong = (form: HTMLFormElement | null): void => {
  const field = form?.querySelector('[aria-invalid="true"]')
  if (field instanceof HTMLElement) field.focus()
}
