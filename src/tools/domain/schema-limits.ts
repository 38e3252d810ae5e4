import { bytesOf, type Json, own, textIn } from './json.ts'
import { pointerIn, pointerOf, type Subschema, subschemas } from './schema-walk.ts'

/** Bytes of one schema. */
export const SCHEMA_BYTES_MAX = 64 * 1_024
/** Schemas inside one another, the outermost counted. */
export const SCHEMA_DEPTH_MAX = 12
/** Schemas in a schema, itself counted. */
export const SCHEMA_NODES_MAX = 500
/** Faults that are told. */
export const SCHEMA_FAULTS_MAX = 8
/** Levels of a value that its cost is foreseen for; doors take no deeper ones. */
export const VALUE_LEVELS_MAX = 32

/** What is wrong with a schema of a server. */
export type SchemaFaultKind =
  | 'too_large'
  | 'too_deep'
  | 'too_many'
  | 'root_not_object'
  | 'foreign_ref'
  | 'dangling_ref'
  | 'circular_ref'
  | 'too_costly'
  | 'own_scope'
  | 'bad_name'

/** A fault of a schema, where it is (a JSON pointer), and a sentence about it. */
export type SchemaFault = Readonly<{ kind: SchemaFaultKind; at: string; say: string }>

/** A schema and what it leads to. */
type Node = Readonly<{
  at: string
  schema: Json
  inside: readonly Readonly<{ sub: Subschema; node: number }>[]
}>

// Schemas that look at one value. The dearest of 164 tools of real servers has 9; with more than
// these, even small arguments would be too much, and that is to be found before anybody calls.
const LOOKS_MAX = 10_000
const SHALLOW_LEVELS = 3
const COST_MAX = 1_000_000_000

/**
 * Finds what makes a schema unfit for the hub: too large, too deep, leading out of itself, or
 * costly to check. `wants` says whether it has to describe an object, as that of arguments does.
 */
export const faultsOf = (
  schema: Json,
  wants: 'object' | 'anything' = 'object',
): readonly SchemaFault[] => {
  const bytes = bytesOf(schema)
  if (bytes > SCHEMA_BYTES_MAX) {
    return [fault('too_large', '', `${bytes} bytes are more than ${SCHEMA_BYTES_MAX}`)]
  }
  const read = nodesOf(schema)
  if (!isNodes(read)) return [read]
  const faults = read.flatMap(nodeFaults)
  if (wants === 'object' && own(schema, 'type') !== 'object') {
    faults.unshift(fault('root_not_object', '', 'the type of the whole is not "object"'))
  }
  const targets = targetsOf(read, faults)
  const order = placeOrder(read, targets)
  if (typeof order === 'string') faults.push(fault('circular_ref', order, 'leads back to itself'))
  else if (isDear({ nodes: read, targets, order })) {
    faults.push(fault('too_costly', '', 'one value would be checked too many times'))
  }
  return faults.slice(0, SCHEMA_FAULTS_MAX)
}

/**
 * Foresees how many schemas look at one value, for each level of the value that is checked: those
 * that point at themselves in several places grow with every level. Only for a schema without
 * faults.
 */
export const costPerLevel = (schema: Json): readonly number[] => {
  const nodes = nodesOf(schema)
  if (!isNodes(nodes)) return [COST_MAX]
  const targets = targetsOf(nodes, [])
  const order = placeOrder(nodes, targets)
  return typeof order === 'string' ? [COST_MAX] : costs({ nodes, targets, order }, VALUE_LEVELS_MAX)
}

const isDear = (graph: Graph): boolean =>
  costs(graph, SHALLOW_LEVELS).some((looks) => looks > LOOKS_MAX)

const fault = (kind: SchemaFaultKind, at: string, say: string): SchemaFault => ({ kind, at, say })

const isNodes = (read: readonly Node[] | SchemaFault): read is readonly Node[] =>
  Array.isArray(read)

// Breadth first, and never further than the limits: a hostile schema is not read to its end.
const nodesOf = (root: Json): readonly Node[] | SchemaFault => {
  const open: { at: string; schema: Json; depth: number }[] = [{ at: '', schema: root, depth: 1 }]
  const nodes: Node[] = []
  for (let index = 0; index < open.length; index++) {
    const { at, schema, depth } = open[index] ?? { at: '', schema: {}, depth: 1 }
    if (depth > SCHEMA_DEPTH_MAX) {
      return fault('too_deep', at, `more than ${SCHEMA_DEPTH_MAX} schemas inside one another`)
    }
    const inside = subschemas(schema).map((sub) => {
      open.push({ at: pointerOf(at, sub), schema: sub.schema, depth: depth + 1 })
      return { sub, node: open.length - 1 }
    })
    if (open.length > SCHEMA_NODES_MAX) {
      return fault('too_many', '', `more than ${SCHEMA_NODES_MAX} schemas`)
    }
    nodes.push({ at, schema, inside })
  }
  return nodes
}

const nodeFaults = ({ at, schema, inside }: Node): SchemaFault[] => {
  const faults: SchemaFault[] = []
  for (const keyword of ['$dynamicRef', '$recursiveRef']) {
    if (own(schema, keyword) !== undefined) {
      faults.push(fault('foreign_ref', at, `${keyword} is not supported`))
    }
  }
  if (at !== '' && own(schema, '$id') !== undefined) {
    faults.push(fault('own_scope', at, 'a part has an $id of its own'))
  }
  for (const { sub } of inside) {
    if (sub.name === '__proto__') {
      faults.push(fault('bad_name', at, '"__proto__" is no name for a field'))
    }
  }
  return faults
}

// For each node the node that its `$ref` points at; refs that lead nowhere are put to the faults.
const targetsOf = (
  nodes: readonly Node[],
  faults: SchemaFault[],
): readonly (number | undefined)[] => {
  const places = new Map(nodes.map(({ at }, node) => [at, node]))
  return nodes.map(({ at, schema }) => {
    if (own(schema, '$ref') === undefined) return undefined
    const pointer = pointerIn(textIn(schema, '$ref') ?? '')
    if (pointer === undefined) {
      faults.push(fault('foreign_ref', at, 'a $ref leads out of the schema'))
      return undefined
    }
    const target = places.get(pointer)
    if (target === undefined) {
      faults.push(fault('dangling_ref', at, 'a $ref leads to no schema'))
    }
    return target
  })
}

type Graph = Readonly<{
  nodes: readonly Node[]
  targets: readonly (number | undefined)[]
  order: readonly number[]
}>

const inPlace = ({ inside }: Node, target: number | undefined): readonly number[] => {
  const inner = inside.filter(({ sub }) => sub.standing === 'place').map(({ node }) => node)
  return target === undefined ? inner : [...inner, target]
}

// Sorts the schemas so that those that look at the same value follow; a circle gives its place.
const placeOrder = (
  nodes: readonly Node[],
  targets: Graph['targets'],
): readonly number[] | string => {
  const next = nodes.map((node, index) => inPlace(node, targets[index]))
  const waiting = nodes.map(() => 0)
  for (const all of next) for (const to of all) waiting[to] = (waiting[to] ?? 0) + 1
  const order = nodes.map((_, node) => node).filter((node) => waiting[node] === 0)
  for (let at = 0; at < order.length; at++) {
    for (const to of next[order[at] ?? 0] ?? []) {
      waiting[to] = (waiting[to] ?? 0) - 1
      if (waiting[to] === 0) order.push(to)
    }
  }
  const circle = waiting.findIndex((count) => count > 0)
  return circle < 0 ? order : (nodes[circle]?.at ?? '')
}

/** How often each schema looks at one value. */
type Looks = Map<number, number>
type Level = Readonly<{ looks: Looks; cost: number }>

// Level by level: how many schemas look at one value. Of all fields that a value may have, the one
// is taken that costs most, so this is never too low.
const costs = (graph: Graph, levels: number): readonly number[] => {
  const closures = closuresOf(graph)
  const whole = closures[0] ?? new Map<number, number>()
  let level: Level = { looks: whole, cost: costOf(whole) }
  const all: number[] = []
  while (all.length < levels && level.cost > 0) {
    all.push(level.cost)
    // Nothing is checked that costs so much; no need to know how much more.
    level = level.cost >= COST_MAX ? level : descend(graph, closures, level.looks)
  }
  return all
}

// For each schema: itself, and all that look at the same value with it.
const closuresOf = ({ nodes, targets, order }: Graph): readonly Looks[] => {
  const closures = nodes.map((_, node): Looks => new Map([[node, 1]]))
  for (const node of order.toReversed()) {
    const [here, own] = [nodes[node], closures[node]]
    if (here === undefined || own === undefined) continue
    for (const to of inPlace(here, targets[node])) addAll(own, closures[to], 1)
  }
  return closures
}

const descend = ({ nodes }: Graph, closures: readonly Looks[], looks: Looks): Level => {
  const always: Looks = new Map()
  const byField = new Map<string, Looks>()
  for (const [from, count] of looks) {
    for (const { sub, node } of nodes[from]?.inside ?? []) {
      if (sub.standing !== 'child') continue
      if (sub.keyword !== 'properties') addAll(always, closures[node], count)
      else {
        const field = byField.get(sub.name ?? '') ?? new Map<number, number>()
        byField.set(sub.name ?? '', field)
        addAll(field, closures[node], count)
      }
    }
  }
  const most: Looks = new Map()
  let dearest = 0
  for (const field of byField.values()) {
    dearest = Math.max(dearest, costOf(field))
    for (const [node, count] of field) most.set(node, Math.max(most.get(node) ?? 0, count))
  }
  addAll(most, always, 1)
  return { looks: most, cost: add(dearest, costOf(always)) }
}

const addAll = (to: Looks, from: Looks | undefined, times: number): void => {
  for (const [node, count] of from ?? []) to.set(node, add(to.get(node) ?? 0, count * times))
}

const costOf = (looks: Looks): number => [...looks.values()].reduce(add, 0)

const add = (a: number, b: number): number => Math.min(COST_MAX, a + b)
