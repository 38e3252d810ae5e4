/** Where an open task goes when its sprint closes. */
export type Way = 'next' | 'backlog'

/** What the hub is told of the open tasks: where most go, and which go the other way. */
export type Closing = Readonly<{ move: Way; except?: readonly string[] }>

/** Says where the open tasks go, naming as few of them as possible. */
export const closing = (
  tasks: readonly Readonly<{ key: string }>[],
  wayOf: (key: string) => Way,
): Closing => {
  const onward = tasks.filter(({ key }) => wayOf(key) === 'next').map(({ key }) => key)
  const back = tasks.filter(({ key }) => wayOf(key) === 'backlog').map(({ key }) => key)
  const move = onward.length > back.length ? 'next' : 'backlog'
  const except = move === 'next' ? back : onward
  return except.length === 0 ? { move } : { move, except }
}
