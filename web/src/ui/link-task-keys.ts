// Turns task keys in running text into links, and makes names that begin with an at sign stand
// out; code and existing links stay as they are.

type Node = {
  type: string
  value?: string
  url?: string
  data?: Readonly<{ hName: string; hProperties: Readonly<{ className: string }> }>
  children?: Node[]
}

const KEY = /\b([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8})\b/
const CLOSED: ReadonlySet<string> = new Set(['link', 'linkReference', 'code', 'inlineCode'])

/** Gives a step for the Markdown pipeline that links task keys and marks names. */
export const linkTaskKeys = () => (tree: Node) => walk(tree)

const walk = (node: Node): void => {
  if (!node.children || CLOSED.has(node.type) || node.data === NAMED) return
  node.children = node.children.flatMap((child) =>
    child.type === 'text' && child.value !== undefined ? linked(child.value) : [child],
  )
  for (const child of node.children) walk(child)
}

const linked = (text: string): Node[] =>
  text.split(KEY).flatMap((part, at): Node[] => {
    if (at % 2 === 0) return named(part)
    return [{ type: 'link', url: `/t/${part}`, children: [{ type: 'text', value: part }] }]
  })

const HANDLE = /(?<![\w.@/-])(@[a-z0-9](?:[a-z0-9._-]{0,37}[a-z0-9])?)(?![\w@])/
const NAMED = { hName: 'span', hProperties: { className: 'font-medium text-text' } } as const

const named = (text: string): Node[] =>
  text.split(HANDLE).flatMap((part, at): Node[] => {
    if (part === '') return []
    const piece: Node = { type: 'text', value: part }
    return at % 2 === 0 ? [piece] : [{ type: 'emphasis', data: NAMED, children: [piece] }]
  })
