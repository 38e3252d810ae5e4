import { visible } from '../domain/hidden-characters.ts'
import { findLookAlikes, findLookAlikeSlugs } from '../domain/look-alike.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { Catalogue } from './catalogue.ts'

/** Look-alikes that are named in one warning. */
const NAMED_MAX = 3

/**
 * Says of tools of a server which tools of other servers they can be taken for (T2), by their own
 * names. It warns whoever decides, and stops nothing: many servers have a `search`.
 */
export const lookAlikesOf = (
  { id, slug }: Upstream,
  names: readonly string[],
  { tools, blocked, upstreams }: Catalogue,
): ReadonlyMap<string, readonly string[]> => {
  const others = [...tools.values(), ...blocked.values()]
    .filter(({ upstream }) => upstream.id !== id)
    .map(({ upstream, definition }) => ({ slug: upstream.slug, name: definition.name }))
  const found = findLookAlikes([...others, ...names.map((name) => ({ slug, name }))])
  const server = serverAlike(slug, [...upstreams.keys()])
  const said = new Map<string, readonly string[]>(
    server === null ? [] : names.map((name) => [name, [server]]),
  )
  for (const { why, tools: group } of found) {
    const alike = group.filter((one) => one.slug !== slug).map(nameOf)
    const rest = alike.length > NAMED_MAX ? ` and ${alike.length - NAMED_MAX} more` : ''
    const sentence = `looks like ${alike.slice(0, NAMED_MAX).join(', ')}${rest} (${why})`
    for (const { name } of group.filter((one) => one.slug === slug)) {
      said.set(name, [...(said.get(name) ?? []), sentence])
    }
  }
  return said
}

const serverAlike = (slug: string, slugs: readonly string[]): string | null => {
  const group = findLookAlikeSlugs([slug, ...slugs]).find((all) => all.includes(slug))
  if (group === undefined) return null
  return `its server looks like ${group.filter((one) => one !== slug).join(', ')}`
}

const nameOf = (tool: Readonly<{ slug: string; name: string }>): string =>
  visible(`${tool.slug}__${tool.name}`.slice(0, 80))
