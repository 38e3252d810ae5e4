// Turns task keys in running text into links; code and existing links stay as they are.

type Node = {
  type: string
  value?: string
  url?: string
  children?: Node[]
}

const KEY = /\b([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8})\b/
const CLOSED: ReadonlySet<string> = new Set(['link', 'linkReference', 'code', 'inlineCode'])

/** Gives a step for the Markdown pipeline that links task keys. */
export const linkTaskKeys = () => (tree: Node) => walk(tree)

const walk = (node: Node): void => {
  if (!node.children || CLOSED.has(node.type)) return
  node.children = node.children.flatMap((child) =>
    child.type === 'text' && child.value !== undefined ? linked(child.value) : [child],
  )
  for (const child of node.children) walk(child)
}

const linked = (text: string): Node[] =>
  text.split(KEY).flatMap((part, at): Node[] => {
    if (part === '') return []
    const piece: Node = { type: 'text', value: part }
    return at % 2 === 0 ? [piece] : [{ type: 'link', url: `/t/${part}`, children: [piece] }]
  })
