import { Play, Square } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'

type AudioClipProps = Readonly<{ data: string; about: string }>

// The content policy lets no page load media; a sound is decoded here, when somebody wants it.
/** Plays a sound that a tool gave. */
export const AudioClip = ({ data, about }: AudioClipProps) => {
  const [state, setState] = useState<'still' | 'playing' | 'broken'>('still')
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => () => stop.current?.(), [])
  const play = async (): Promise<void> => {
    try {
      setState('playing')
      stop.current = await startSound(data, () => setState('still'))
    } catch {
      setState('broken')
    }
  }
  return (
    <div className="flex flex-wrap items-center gap-2 text-list">
      {state === 'playing' ? (
        <Button onClick={() => stop.current?.()}>
          <Square className="size-4" />
          Stop
        </Button>
      ) : (
        <Button disabled={state === 'broken'} onClick={() => void play()}>
          <Play className="size-4" />
          Play
        </Button>
      )}
      <span className="text-meta text-text-3">
        {state === 'broken' ? `This browser cannot play it: ${about}` : about}
      </span>
    </div>
  )
}

/** Decodes a sound and plays it; gives what stops it. */
const startSound = async (data: string, ended: () => void): Promise<() => void> => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0))
  const context = new AudioContext()
  try {
    const buffer = await context.decodeAudioData(bytes.buffer)
    const source = new AudioBufferSourceNode(context, { buffer })
    source.connect(context.destination)
    source.addEventListener('ended', () => {
      ended()
      context.close().catch(() => {})
    })
    source.start()
    return () => source.stop()
  } catch (error) {
    await context.close()
    throw error
  }
}
