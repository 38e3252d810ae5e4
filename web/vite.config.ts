import { Buffer } from 'node:buffer'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// For browsers this reader of named signs (`&amp;`) comes with a way that lets the document read
// them as HTML, which the content policy refuses; its table of names needs no document.
const SIGNS = 'decode-named-character-reference'

const EARLY = '/src/early.ts'

// What many pages share comes in few files: a phone on a slow line waits for the number of files
// as much as for their size.
const GROUPS = [
  { name: 'early', test: /web\/src\/early\.ts/, priority: 5 },
  { name: 'vendor', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\//, priority: 4 },
  { name: 'start', test: /web\/src\/shell\/router\.tsx/, priority: 3 },
  { name: 'parts', test: /web\/src\/(ui|identity)\/|lucide-react/, minShareCount: 6, priority: 2 },
  { name: 'workspace', test: /web\/src\/work\/workspace\.tsx/, priority: 0 },
  { name: 'hall', test: /web\/src\/shell\/(frame|session)\.tsx/, priority: 1 },
]

// A small file of its own that runs before all others, while they are still on their way.
const early: Plugin = {
  name: 'early',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const chunk = Object.values(bundle).find(
        (one) => one.type === 'chunk' && one.name === 'early',
      )
      const src = chunk === undefined ? EARLY : `/${chunk.fileName}`
      return [
        {
          tag: 'script',
          attrs: { type: 'module', crossorigin: true, src },
          injectTo: 'head-prepend',
        },
      ]
    },
  },
}

// A tenth smaller than what the hub has the time to pack while it starts.
const PACK_BYTES_MIN = 8192
const PACKING = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }

const packed: Plugin = {
  name: 'packed',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const one of Object.values(bundle)) {
        const bytes = Buffer.from(one.type === 'chunk' ? one.code : one.source)
        if (!/\.(js|css)$/.test(one.fileName) || bytes.length < PACK_BYTES_MIN) continue
        const source = brotliCompressSync(bytes, PACKING)
        this.emitFile({ type: 'asset', fileName: `${one.fileName}.br`, source })
      }
    },
  },
}

// The content policy allows files of this hub only: nothing is inlined, fonts and icons included.
export default defineConfig({
  plugins: [react(), tailwindcss(), early, packed],
  resolve: { alias: { [SIGNS]: fileURLToPath(import.meta.resolve(SIGNS)) } },
  build: {
    assetsInlineLimit: 0,
    manifest: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', early: EARLY.slice(1) },
      output: { codeSplitting: { groups: GROUPS } },
    },
  },
})
