/** Writes a task's short key. */
export const taskKey = (projectKey: string, number: number): string => `${projectKey}-${number}`

/** Takes a short key apart; the caller has checked its form. */
export const partsOfKey = (key: string): Readonly<{ project: string; number: number }> => {
  const dash = key.lastIndexOf('-')
  return { project: key.slice(0, dash), number: Number(key.slice(dash + 1)) }
}

/** Writes a lease: the task's key and its fence. */
export const leaseKey = (key: string, fence: number): string => `${key}#${fence}`

/** Takes a lease apart; the caller has checked its form. */
export const partsOfLease = (lease: string): Readonly<{ key: string; fence: number }> => {
  const [key = '', fence] = lease.split('#')
  return { key, fence: Number(fence) }
}
