import { Link } from '@tanstack/react-router'
import { useId, useMemo } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { firstSigns } from '../../../ui/signs.ts'
import { isClosed } from '../../words.ts'
import { type Graph, layoutGraph, NODE_H, NODE_W, type PlacedNode } from './graph.ts'

const WORDS: Record<Task['category'], string> = {
  triage: 'triage',
  backlog: 'backlog',
  unstarted: 'not started',
  started: 'started',
  completed: 'completed',
  canceled: 'canceled',
}
const TITLE_SIGNS_MAX = 22

/** Shows what waits for what around a task, from left to right; the lists below say the same. */
export const GraphView = ({ graph }: Readonly<{ graph: Graph }>) => {
  const { nodes, lines, width, height } = useMemo(() => layoutGraph(graph), [graph])
  const arrow = useId()
  return (
    <figure>
      <div className="overflow-x-auto rounded-card border border-line bg-sunken p-3">
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label={`What ${graph.center} waits for, and what waits for it`}
          className="mx-auto block max-w-none"
        >
          <defs>
            <marker
              id={arrow}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path d="M1 1 7 4 1 7" className="fill-none stroke-text-3" strokeWidth="1.2" />
            </marker>
          </defs>
          {lines.map(({ id, path, isNear }) => (
            <path
              key={id}
              d={path}
              className={`fill-none ${isNear ? 'stroke-text-2' : 'stroke-text-3'}`}
              strokeWidth={isNear ? 1.5 : 1}
              strokeDasharray={isNear ? undefined : '3 3'}
              markerEnd={`url(#${arrow})`}
            />
          ))}
          {nodes.map((node) => (
            <Node key={node.key} node={node} isCenter={node.key === graph.center} />
          ))}
        </svg>
      </div>
      {graph.left > 0 && (
        <figcaption className="mt-1 text-meta text-text-3">
          {graph.left} more {graph.left === 1 ? 'task is' : 'tasks are'} not in the picture.
        </figcaption>
      )}
    </figure>
  )
}

const Node = ({ node, isCenter }: Readonly<{ node: PlacedNode; isCenter: boolean }>) => {
  const box = (
    <>
      <title>{`${node.key} ${node.title}`}</title>
      <rect
        width={NODE_W}
        height={NODE_H}
        rx="6"
        strokeWidth={isCenter ? 2 : 1}
        className={`${isCenter ? 'fill-accent-soft stroke-accent' : 'fill-surface stroke-line'}
          group-hover:stroke-edge group-focus-visible:stroke-accent`}
      />
      <text x="10" y="18" className="fill-text-2 text-meta">
        {node.key} · {WORDS[node.category]}
      </text>{' '}
      <text
        x="10"
        y="36"
        className={`text-list ${isClosed(node) ? 'fill-text-3' : 'fill-text'} ${
          isCenter ? 'font-medium' : ''
        }`}
      >
        {shortened(node.title)}
      </text>
    </>
  )
  const place = `translate(${node.x} ${node.y})`
  if (isCenter) return <g transform={place}>{box}</g>
  return (
    <g transform={place}>
      <Link
        to="/t/$key"
        params={{ key: node.key }}
        search
        aria-label={`${node.key}, ${WORDS[node.category]}: ${node.title}`}
        className="group"
      >
        {box}
      </Link>
    </g>
  )
}

// Whole words where there are some: the name of the link has them as they are seen.
const shortened = (title: string): string => {
  if (firstSigns(title, TITLE_SIGNS_MAX) === title) return title
  const cut = firstSigns(title, TITLE_SIGNS_MAX - 1)
  return `${/^(.*\S)\s/.exec(cut)?.[1] ?? cut}…`
}
