import type {
  CatalogueEntry,
  HttpEntry,
  OpenApiEntry,
  Part,
  StdioEntry,
} from './catalogue-entry.ts'
import { SLUG } from './upstream.ts'

const KEY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const KEY_CHARS_MAX = 40
const PARAMETER = /^[a-z][a-zA-Z0-9]{0,31}$/
const PACKAGE = /^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/
const VARIABLE = /^[A-Z][A-Z0-9_]*$/
const HTTPS = /^https:\/\/[a-z0-9.-]+(:\d+)?\/[^?#]*$/

/** Variables that change which code runs, or that the hub sets itself. */
const VARIABLE_REFUSED =
  /^(NODE_|LD_|DYLD_|GUILDHALL_|BASH_ENV$|ENV$|PATH$|HOME$|TMPDIR$|LANG$|SHELL$|NPM_)/

/** Finds what is wrong with an entry, in plain sentences; nothing wrong is an empty list. */
export const flawsOf = (entry: CatalogueEntry): readonly string[] => [
  ...(KEY.test(entry.key) && entry.key.length <= KEY_CHARS_MAX ? [] : ['The key is no name.']),
  ...(SLUG.test(entry.slug) ? [] : ['The short name cannot begin names of tools.']),
  ...((entry.secret === undefined) === (entry.auth.kind === 'none')
    ? []
    : ['A secret and its place belong together.']),
  ...((entry.credential === 'none') === (entry.auth.kind === 'none')
    ? []
    : ['A credential and its owner belong together.']),
  ...parameterFlaws(entry),
  ...toolFlaws(entry),
  ...(entry.kind === 'stdio' ? programFlaws(entry) : addressFlaws(entry)),
]

const parameterFlaws = (entry: CatalogueEntry): readonly string[] => {
  const names = entry.parameters.map(({ name }) => name)
  const used = usedIn(entry)
  return [
    ...twice(names).map((name) => `${name} is declared twice.`),
    ...names.filter((name) => !PARAMETER.test(name)).map((name) => `${name} is no name.`),
    ...used.filter((name) => !names.includes(name)).map((name) => `${name} is not declared.`),
    ...entry.parameters.flatMap(({ name, kind, choices, use }) => {
      const isPath = kind === 'folder' || kind === 'file'
      return [
        // A path may be there for the sandbox alone, which opens what is named.
        ...(isPath || used.includes(name) ? [] : [`${name} is not used.`]),
        ...((kind === 'choice') === (choices !== undefined) ? [] : [`${name} needs choices.`]),
        ...(isPath === (use !== undefined) ? [] : [`${name} must say how its path is used.`]),
      ]
    }),
  ]
}

const toolFlaws = ({ tools }: CatalogueEntry): readonly string[] => {
  const known = Object.values(tools.effects).flat()
  const named = [...(tools.preset ?? []), ...Object.keys(tools.rules ?? {})]
  return [
    ...twice(known).map((name) => `${name} has two effects.`),
    ...named.filter((name) => !known.includes(name)).map((name) => `${name} has no effect.`),
    ...(tools.measured !== null && known.length > 0 && known.length !== tools.measured.count
      ? ['Some of its tools have no effect.']
      : []),
  ]
}

const programFlaws = (entry: StdioEntry): readonly string[] => [
  ...packageFlaws(entry),
  ...variableFlaws(entry),
  ...partsOf(entry).flatMap((part) =>
    typeof part === 'object' && 'data' in part && !isPathInside(part.data)
      ? [`${part.data} is not inside the folder of the server.`]
      : [],
  ),
  ...entry.needs.flatMap(({ parameter }) => {
    const isKnown = entry.parameters.some(({ name, kind }) => name === parameter && kind === 'file')
    return parameter === undefined || isKnown ? [] : [`${parameter} names no program.`]
  }),
]

const packageFlaws = ({ package: main }: StdioEntry): readonly string[] => [
  ...(isPathInside(main.bin) ? [] : ['The script is not inside the package.']),
  ...[main, ...(main.beside ?? [])].flatMap(({ name, version, integrity }) => [
    ...(PACKAGE.test(name) ? [] : [`${name} is no name of a package.`]),
    ...(EXACT.test(version) ? [] : [`${name} needs an exact version.`]),
    ...(SHA512.test(integrity) ? [] : [`${name} needs the sha512 of its bytes.`]),
  ]),
]

const variableFlaws = ({ auth, environment, parameters }: StdioEntry): readonly string[] => {
  const names = [...Object.keys(environment), ...(auth.kind === 'env' ? [auth.name ?? ''] : [])]
  const isFine = (name: string) => VARIABLE.test(name) && !VARIABLE_REFUSED.test(name)
  const many = new Set(parameters.filter(({ many: isMany }) => isMany).map(({ name }) => name))
  return [
    ...(['env', 'none'].includes(auth.kind)
      ? []
      : ['A program gets its secret by the environment.']),
    ...twice(names).map((name) => `${name} is set twice.`),
    ...names.filter((name) => !isFine(name)).map((name) => `${name} may not be set.`),
    ...Object.values(environment).flatMap((part) =>
      typeof part === 'object' && 'parameter' in part && many.has(part.parameter)
        ? [`${part.parameter} is many and a variable is one.`]
        : [],
    ),
  ]
}

const addressFlaws = (entry: HttpEntry | OpenApiEntry): readonly string[] => {
  const isHttps = entry.kind === 'openapi' || HTTPS.test(entry.url.replace(/\{\w+\}/g, 'x'))
  const free = entry.parameters.filter(({ kind, pattern }) => kind !== 'url' && !pattern)
  return [
    ...(isHttps ? [] : ['The address is not https, or has a query.']),
    ...(entry.auth.kind === 'env' ? ['A server far away has no environment.'] : []),
    // Dots alone are not encoded and would climb in the path.
    ...free.map(({ name }) => `${name} needs a pattern, since it goes into an address.`),
  ]
}

const isPathInside = (path: string): boolean =>
  /^[\w.@-]+(\/[\w.@-]+)*$/.test(path) && !path.split('/').some((step) => /^\.+$/.test(step))

const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index)

const partsOf = (entry: StdioEntry): readonly Part[] => [
  ...entry.argv,
  ...Object.values(entry.environment),
]

const usedIn = (entry: CatalogueEntry): readonly string[] => {
  if (entry.kind === 'stdio') {
    return partsOf(entry).flatMap((part) =>
      typeof part === 'object' && 'parameter' in part ? [part.parameter] : [],
    )
  }
  const templates = entry.kind === 'http' ? [entry.url] : [entry.documentUrl, entry.baseUrl]
  return templates.flatMap((one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))
}
