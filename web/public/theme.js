// Runs before anything is painted: the page never shows one theme and then the other.
// The names are those of src/shell/look.ts.
try {
  const { dataset } = document.documentElement
  const theme = localStorage.getItem('guildhall.theme')
  if (theme === 'light' || theme === 'dark') dataset.theme = theme
  if (localStorage.getItem('guildhall.density') === 'compact') dataset.density = 'compact'
} catch {
  // Without a memory of its own the browser shows what the system wants.
}
