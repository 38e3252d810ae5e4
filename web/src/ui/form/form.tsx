import { type ReactNode, type SubmitEvent, useEffect, useRef } from 'react'
import { Button } from '../button.tsx'
import type { Deed } from './deed.ts'

type FormProps = Readonly<{
  deed: Deed
  act(): Promise<unknown>
  /** What the button says. */
  button: string
  /** Fields that show their own problem; the others' is shown above the button. */
  fields?: readonly string[]
  wide?: boolean
  /** Set where the form is always there, and its button not what the page is about. */
  calm?: boolean
  children?: ReactNode
  /** Stands beside the button. */
  aside?: ReactNode
}>

/** Shows fields and the button that sends them; a refusal leads back to the field it is about. */
export const Form = (props: FormProps) => {
  const { deed, act, button, fields = [], wide, calm, children, aside } = props
  const ref = useRef<HTMLFormElement>(null)
  const { isBusy, trouble, run } = deed
  useEffect(() => {
    if (trouble !== null && ref.current !== null) focusAgain(ref.current)
  }, [trouble])
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    run(act)
  }
  const isElsewhere = fields.includes(trouble?.field ?? '')
  return (
    <form ref={ref} onSubmit={submit} className="grid gap-3" aria-busy={isBusy}>
      {children}
      <p role="alert" className="text-list text-bad empty:hidden">
        {isElsewhere ? null : trouble?.said}
      </p>
      <div className={wide ? 'grid gap-2' : 'flex flex-wrap items-center gap-2'}>
        <Button
          type="submit"
          look={calm ? 'plain' : 'filled'}
          disabled={isBusy}
          className={wide ? 'h-9 w-full' : ''}
        >
          {button}
        </Button>
        {aside}
      </div>
    </form>
  )
}

/** Sets the focus where the person goes on: the field that is wrong, else the one to try again. */
const focusAgain = (form: HTMLFormElement): void => {
  const target =
    form.querySelector('[aria-invalid="true"]') ??
    form.querySelector('[data-again="true"]') ??
    form.querySelector('input, select, textarea')
  if (!(target instanceof HTMLElement)) return
  target.focus()
  if (target instanceof HTMLInputElement && target.type !== 'checkbox') target.select()
}
