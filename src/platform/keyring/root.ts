/** The key above all keys: it wraps the keys of organisations and never leaves where it is. */
export type RootKey = Readonly<{
  /** Names the key without telling anything of it; kept beside what it wraps. */
  id: string
  wrap(bytes: Uint8Array, aad: Uint8Array): Promise<string>
  /** Gives `null` for a text that this key did not wrap, or not with this binding. */
  unwrap(text: string, aad: Uint8Array): Promise<Uint8Array | null>
  /** Wraps a text anew, under the newest version of the key where it has versions. */
  rewrap(text: string, aad: Uint8Array): Promise<string | null>
}>
