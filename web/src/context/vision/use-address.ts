import { useNavigate, useSearch } from '@tanstack/react-router'

type Tab = 'tree' | 'unaligned'

/** Keeps in the address which objective is open, and which view. */
export const useAddress = (project: string) => {
  const navigate = useNavigate()
  const search = useSearch({ strict: false })
  const opened: unknown = Reflect.get(search, 'open')
  const tab: Tab = Reflect.get(search, 'tab') === 'unaligned' ? 'unaligned' : 'tree'
  const go = (open: string | null, next: Tab): void => {
    const where = { to: '/p/$project/vision', params: { project } } as const
    const wanted = {
      ...(open !== null && { open }),
      ...(next === 'unaligned' && { tab: next }),
    }
    navigate({ ...where, search: wanted }).catch(() => {})
  }
  return {
    opened: typeof opened === 'string' ? opened : undefined,
    tab,
    open: (id: string | null) => go(id, tab),
    show: (next: Tab) => go(null, next),
  }
}
