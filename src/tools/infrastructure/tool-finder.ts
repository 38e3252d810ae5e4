import { LRUCache } from 'lru-cache'
import type { ToolSearch } from '../application/hub-ports.ts'
import { type Catalogue, mayUse } from '../application/catalogue.ts'
import { shownBody } from '../domain/definition.ts'
import { argumentNames } from '../domain/signature.ts'
import { toolSearch, type ToolSearch as Index } from './tool-search.ts'

/** Catalogues whose index is at hand. */
const INDEXES_MAX = 50

/** Searches catalogues; the index of each is made with its first search. */
export const toolFinder = (): ToolSearch => {
  const indexes = new LRUCache<string, Promise<Index>>({ max: INDEXES_MAX })
  const indexOf = (catalogue: Catalogue): Promise<Index> => {
    const known = indexes.get(catalogue.mark)
    if (known) return known
    const made = makeIndex(catalogue)
    indexes.set(catalogue.mark, made)
    made.catch(() => indexes.delete(catalogue.mark))
    return made
  }
  return {
    async find(catalogue, query, asker) {
      const index = await indexOf(catalogue)
      const { tools, uses } = catalogue
      const names = index.find(query, {
        maySee(name) {
          const tool = tools.get(name)
          return tool !== undefined && mayUse(tool, asker)
        },
        uses: (name) => uses.get(tools.get(name)?.definition.id ?? '') ?? 0,
      })
      return names.flatMap((name) => tools.get(name) ?? [])
    },
  }
}

const makeIndex = ({ tools }: Catalogue): Promise<Index> =>
  toolSearch(
    [...tools.values()].map(({ name, definition }) => {
      const { body } = shownBody(definition)
      const { title, description, inputSchema } = body
      return {
        name,
        title: typeof title === 'string' ? title : '',
        description: typeof description === 'string' ? description : '',
        parameters: argumentNames(inputSchema),
      }
    }),
  )
