import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './app.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Pages } from './shell/router.tsx'

const place = document.getElementById('app')
if (place === null) throw new Error('The document has no place for the page.')
createRoot(place).render(
  <StrictMode>
    <Pages />
  </StrictMode>,
)
