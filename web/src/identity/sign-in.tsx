import { type SubmitEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { isKey } from './key.ts'

type SignInProps = Readonly<{ said: string | null; use(key: string): void }>

/** Asks for a key. */
export const SignIn = ({ said, use }: SignInProps) => {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const key = text.trim()
    if (isKey(key)) use(key)
    else setProblem('This is not a whole key: it starts with guild_ and has 89 characters.')
  }
  const told = problem ?? said
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <form
        onSubmit={submit}
        className="w-full max-w-sm rounded-dialog border border-line bg-surface p-6"
      >
        <img src="/icon.svg" alt="" className="mb-4 size-8" />
        <h1 className="text-title font-semibold">Sign in to Guildhall</h1>
        <p className="mt-1 text-list text-text-2">
          Run <code className="font-mono text-meta">npx guildhall open</code> on the machine of the
          hub, or paste a key. The owner&rsquo;s key is in the file{' '}
          <code className="font-mono text-meta">owner.key</code> of its home.
        </p>
        <label className="mt-4 block text-list font-medium" htmlFor="key">
          Key
        </label>
        <input
          id="key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="guild_..."
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-invalid={told !== null}
          aria-describedby="key-said"
          className="mt-1 h-9 w-full rounded-control border border-edge bg-surface px-2.5 font-mono
            text-list"
        />
        <p id="key-said" role="alert" className="mt-1.5 min-h-4 text-meta text-bad">
          {told}
        </p>
        <Button type="submit" look="filled" className="mt-2 w-full">
          Sign in
        </Button>
      </form>
    </main>
  )
}
