import { useHall, useTopic } from '../../live/use-hall.ts'

/** Says that cards are missing where a project has more than the hub gives at once. */
export const CutLine = ({ project }: Readonly<{ project: string }>) => {
  const hall = useHall()
  const isCut = useTopic('cuts', () => hall.isCut(project))
  if (!isCut) return null
  return (
    <p role="status" className="mx-3 mb-3 rounded-card bg-wait-soft px-3 py-2 text-list text-wait">
      This board shows its first 20,000 open tasks. Close or archive some to see the rest; every
      task still opens by its key.
    </p>
  )
}
