import { type ComponentProps, useState } from 'react'
import { whyOf } from '../live/own/why-of.ts'
import { useHall } from '../live/use-hall.ts'
import { Button } from './button.tsx'
import { useDeed } from './form/deed.ts'
import { Dialog } from './dialog.tsx'

type ActButtonProps = ComponentProps<typeof Button> &
  Readonly<{
    act(): Promise<unknown>
    /** Asks before it is done: what cannot be taken back. */
    ask?: Readonly<{ title: string; about: string; button: string }>
    /** Said when it is done. */
    done?: string
  }>

/** Shows a button that does one thing; a refusal is shown in the words of the hub. */
export const ActButton = ({ act, ask, done, ...rest }: ActButtonProps) => {
  const { notices } = useHall()
  const deed = useDeed()
  const [isAsking, setAsking] = useState(false)
  const run = (): void => {
    setAsking(false)
    deed.run(async () => {
      try {
        await act()
        if (done !== undefined) notices.show('ok', done)
      } catch (thrown) {
        notices.show('bad', whyOf(thrown))
      }
    })
  }
  return (
    <>
      <Button
        disabled={deed.isBusy}
        onClick={ask === undefined ? run : () => setAsking(true)}
        {...rest}
      />
      {isAsking && ask !== undefined && (
        <Dialog title={ask.title} close={() => setAsking(false)}>
          <div className="grid gap-4 p-4">
            <p className="text-text-2">{ask.about}</p>
            <div className="flex gap-2">
              <Button look="filled" data-first="true" onClick={run}>
                {ask.button}
              </Button>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  )
}
