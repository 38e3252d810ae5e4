import { Link } from '@tanstack/react-router'
import type { Card, Task } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import { useCard } from '../../../live/use-hall.ts'
import { useRead } from '../../../live/use-read.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { RichText } from '../../../ui/rich-text.tsx'
import { Coming } from '../../../ui/state/coming.tsx'
import { FootFacts, HeadFacts } from '../card/facts.tsx'

const isTask = shape<Task>('key', 'body')

type PeekProps = Readonly<{ card: Card; close(): void }>

/** Shows what a card is about without leaving the board; Space closes it again. */
export const Peek = ({ card: { id, key }, close }: PeekProps) => {
  const card = useCard(id)
  const { data, trouble, again } = useRead(`/tasks/${key}`, isTask)
  if (card === undefined) return null
  return (
    <Dialog title={key} close={close} wide>
      <div
        className="grid max-h-[70vh] gap-3 overflow-y-auto p-4"
        onKeyDown={(event) => {
          if (event.key !== ' ') return
          event.preventDefault()
          close()
        }}
      >
        <h3 className="text-title font-semibold break-words" dir="auto">
          {card.title}
        </h3>
        <HeadFacts card={card} />
        <FootFacts card={card} />
        {card.blocked !== null && (
          <p className="text-list [overflow-wrap:anywhere] text-bad" dir="auto">
            {card.blocked}
          </p>
        )}
        {data === null && <Coming what={key} trouble={trouble} again={again} />}
        {data !== null && (data.body === '' ? <NoBody /> : <RichText text={data.body} />)}
        <Link
          to="/t/$key"
          params={{ key }}
          search
          data-first="true"
          onClick={close}
          className="justify-self-start text-accent underline underline-offset-2"
        >
          Open {key}
        </Link>
      </div>
    </Dialog>
  )
}

const NoBody = () => <p className="text-list text-text-3">There is no description.</p>
