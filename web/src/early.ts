import { beginEarly } from './live/early.ts'

// The first file that runs, small and by itself, while the rest is still on its way: secrets leave
// the address before anything else can see or keep them, and what somebody who is signed in waits
// for longest is asked for at once. Whoever wants a part later hears of what went wrong with it.

const soon = (load: () => Promise<unknown>): void => void load().catch(() => {})

const { isIn, isBoard } = beginEarly()
if (isIn) soon(() => import('./shell/frame.tsx'))
if (isBoard) soon(() => import('./work/workspace.tsx'))
