import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// For browsers this reader of named signs (`&amp;`) comes with a way that lets the document read
// them as HTML, which the content policy refuses; its table of names needs no document.
const SIGNS = 'decode-named-character-reference'

// The content policy allows files of this hub only: nothing is inlined, fonts and icons included.
export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { [SIGNS]: fileURLToPath(import.meta.resolve(SIGNS)) } },
  build: {
    assetsInlineLimit: 0,
    manifest: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
})
