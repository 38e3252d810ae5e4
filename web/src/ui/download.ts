/** Gives a file to the browser to keep. */
export const saveFile = (name: string, file: Blob): void => {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

/** Gives a text to the browser as a file to keep. */
export const download = (name: string, text: string): void =>
  saveFile(name, new Blob([text], { type: 'text/plain' }))
