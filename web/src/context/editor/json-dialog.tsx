import { useEffect, useRef, useState } from 'react'
import { isObject } from '../../tools/json.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import type { Tier } from '../views.ts'
import { leafDiff } from '../node/diff.ts'
import { patched } from '../node/edit.ts'
import { jsonText, parsedJson } from '../node/json-text.ts'
import { saidAt } from '../node/paths.ts'
import type { Writes } from './use-writes.ts'

type JsonDialogProps = Readonly<{ tier: Tier; writes: Writes; close(): void }>
type Wrong = Readonly<{ said: string; at: number }>

/** Shows all that a tier says as JSON, to be changed by who may. */
export const JsonDialog = ({ tier, writes, close }: JsonDialogProps) => {
  const [base] = useState(tier)
  const [text, setText] = useState(() => jsonText(tier.data))
  const [wrong, setWrong] = useState<Wrong | null>(null)
  const ref = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (wrong === null) return
    ref.current?.focus()
    ref.current?.setSelectionRange(wrong.at, wrong.at + 1)
  }, [wrong])
  const save = (): void => {
    const parsed = parsedJson(text)
    if (!parsed.isRight) return setWrong(parsed)
    const { value } = parsed
    if (!isObject(value)) return setWrong({ said: 'A node is a JSON object: { … }.', at: 0 })
    close()
    const changes = leafDiff(base.data, value)
    // What somebody else has changed meanwhile stays, where this has left it alone.
    writes
      .write({
        ...{ base, done: `${tier.at} is written.` },
        about: (own) => changes.map(({ path }) => saidAt(own, path)),
        next: (own) => patched(own, changes),
      })
      .catch(() => {})
  }
  return (
    <Dialog title={`${tier.at} as JSON`} close={close} wide>
      <form
        className="grid gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <textarea
          ref={ref}
          aria-label={`What ${tier.at} says`}
          aria-invalid={wrong !== null}
          aria-describedby="json-problem"
          data-first="true"
          readOnly={!tier.writable}
          value={text}
          rows={14}
          spellCheck={false}
          onChange={({ target }) => {
            setText(target.value)
            setWrong(null)
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
            event.preventDefault()
            save()
          }}
          className={`max-h-[60vh] w-full resize-y rounded-control border bg-surface px-2.5 py-2
            font-mono text-meta whitespace-pre ${wrong === null ? 'border-edge' : 'border-bad'}`}
        />
        <p id="json-problem" role="alert" className="text-list text-bad empty:hidden">
          {wrong?.said}
        </p>
        <div className="flex flex-wrap items-center gap-2">
          {tier.writable && (
            <Button type="submit" look="filled">
              Save
            </Button>
          )}
          <Button onClick={close}>{tier.writable ? 'Cancel' : 'Close'}</Button>
          <p className="text-meta text-text-3">
            {'key+ adds to a list, key- takes from it, null removes, $lock lists locked keys.'}
          </p>
        </div>
      </form>
    </Dialog>
  )
}
