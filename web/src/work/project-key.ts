/** Makes a short key for a project of its name: `Guild house` becomes `GH`. */
export const keyFor = (name: string): string => {
  const words = name.toUpperCase().match(/[A-Z0-9]+/g) ?? []
  const text = words.length > 1 ? words.map((word) => word.charAt(0)).join('') : (words[0] ?? '')
  return text.replace(/^[0-9]+/, '').slice(0, 4)
}
