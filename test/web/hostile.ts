import type { Page } from 'playwright-core'

// Texts that were written to be more than shown: markup, links that run, marks that end what is
// around them, patterns that become markup when they are read twice, signs that turn the line or
// have no width, words without an end. Each says so in `window.pwned`, or calls `evil.example`.

const RUN = 'window.pwned=1'
const EVIL = 'https://evil.example'

const MARKUP = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"></svg>`,
  `<svg><script>${RUN}</script><animate onbegin=${RUN} attributeName=x></svg>`,
  `<iframe src="${EVIL}/" srcdoc="<script>parent.pwned=1</script>"></iframe>`,
  `<body onload="${RUN}" onpageshow="${RUN}">`,
  `<details open ontoggle="${RUN}">x</details>`,
  `<video src=x onerror="${RUN}"><source onerror="${RUN}"></video>`,
  `<input autofocus onfocus="${RUN}">`,
  `<base href="${EVIL}/">`,
  `<meta http-equiv="refresh" content="0;url=${EVIL}/">`,
  `<link rel="stylesheet" href="${EVIL}/x.css">`,
  `<style>@import url(${EVIL}/x.css); body{display:none}</style>`,
  `<div style="position:fixed;inset:0;background:url(${EVIL}/x.png)">over everything</div>`,
  `<object data="${EVIL}/x"></object><embed src="${EVIL}/x">`,
  `<form action="${EVIL}/"><button formaction="javascript:${RUN}">Press</button></form>`,
  `<a href="javascript:${RUN}" onclick="${RUN}">a link</a>`,
] as const

const LINKS = [
  `[plain](javascript:${RUN})`,
  `[upper](JaVaScRiPt:${RUN})`,
  `[entity](&#106;avascript:${RUN})`,
  `[tab](java&#9;script:${RUN}) [line](java&NewLine;script:${RUN})`,
  `[percent](javascript%3A${RUN}) [colon](javascript&colon;${RUN})`,
  `[space](<  javascript:${RUN}>)`,
  '[visual](vbscript:msgbox(1)) [live](livescript:1)',
  '[data](data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==)',
  '[file](file:///etc/passwd) [blob](blob:x) [key](#key=stolen)',
  `<javascript:${RUN}> <data:text/html,x>`,
  `![pixel](${EVIL}/pixel.png) ![script](javascript:${RUN})`,
  `[reference][r] [r]: javascript:${RUN}`,
  `[title](${EVIL}/ "\\" onmouseover=\\"${RUN}")`,
  `${EVIL}/?<script>${RUN}</script>`,
  `www.evil.example/"onclick="${RUN} a@evil.example`,
  `[//host](//evil.example/x) [back](\\\\evil.example) [user](https://hub@evil.example/)`,
] as const

const READ_TWICE = [
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  '<math><mtext><table><mglyph><style><!--</style>' +
    `<img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `<svg></p><style><a id="</style><img src=1 onerror=${RUN}>">`,
  `<template><script>${RUN}</script></template>`,
  `<!--><img src=x onerror=${RUN}>--> <![CDATA[<script>${RUN}</script>]]>`,
  `</title></textarea></style></script><script>${RUN}</script>`,
  `"'><img src=x onerror=${RUN}> \`<script>${RUN}</script>\``,
  `&lt;script&gt;${RUN}&lt;/script&gt; &#60;img src=x onerror=${RUN}&#62;`,
  `{{constructor.constructor('${RUN}')()}} \${${RUN}} <%= ${RUN} %>`,
  '__proto__ constructor toString hasOwnProperty',
] as const

const UNCLOSED = [
  `\`\`\`html <script>${RUN}</script>`,
  '**open _more ~~and `code [link]( ![image',
  `> > > > deep - - - deeper | a | b | <img src=x onerror=${RUN}> |`,
  `[^1] [^1]: <img src=x onerror=${RUN}> # # # heading`,
] as const

const TURNING = [
  '\u202egpj.exe\u202c is a picture',
  'never closed \u202e\u2067\u202d and on',
  '\u2066isolated\u2069 \u200fmarks\u200e',
] as const

const SIGNS = [
  'zero\u200b\u200c\u200d\ufeff\u2060width\u00ad\u00adsoft',
  `Z${'\u0301\u0316'.repeat(60)}algo`,
  '\uff1cscript\uff1ewide\uff1c/script\uff1e',
  'هذه مهمة مكتوبة من اليمين إلى اليسار ومعها 123 وكلمة English',
  'עברית עם <b>תגיות</b> ו-English',
  '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}\u200d\u{1F466}'.repeat(20),
  '\u{1F1E6}\u{1F1F9}'.repeat(60),
  'W'.repeat(300),
  `${EVIL}/${'a'.repeat(270)}`,
  '\u6f22\u5b57'.repeat(100),
] as const

/** All of them; as one line each, so that they can be titles. */
export const HOSTILE: readonly string[] = [
  ...MARKUP,
  ...LINKS,
  ...READ_TWICE,
  ...TURNING,
  ...SIGNS,
  ...UNCLOSED,
]

/** Short ones of every kind, for names. */
export const NAMES: readonly string[] = [
  MARKUP[1],
  LINKS[0],
  TURNING[0],
  'W'.repeat(40),
  'عمود من اليمين',
]

// Runs in the page. What a text could bring in is looked for in everything that is drawn.
const LOOK = `(() => {
  const wrongs = []
  if (window.pwned !== undefined) wrongs.push('A script of a text ran.')
  const foreign = 'script, iframe, frame, object, embed, base, meta, link, style, form[action], ' +
    'video, audio, math, template, noscript, [srcdoc], [formaction]'
  for (const one of document.querySelectorAll('#app :is(' + foreign + ')')) {
    wrongs.push('An element of a text: ' + one.outerHTML.slice(0, 100))
  }
  for (const one of document.querySelectorAll('#app *')) {
    const runs = one.getAttributeNames().filter((name) => name.startsWith('on'))
    if (runs.length > 0) wrongs.push('An attribute that runs: ' + one.outerHTML.slice(0, 100))
  }
  for (const one of document.querySelectorAll('#app a[href], #app img[src]')) {
    const url = new URL(one.href ?? one.src, location.href)
    const isOurs = url.origin === location.origin
    const isLink = one.tagName === 'A' && ['https:', 'http:', 'mailto:'].includes(url.protocol)
    const isApart = isLink && one.target === '_blank' && /noopener.*noreferrer/.test(one.rel)
    if (!isOurs && !isApart) wrongs.push('A way out: ' + one.outerHTML.slice(0, 100))
    if (isOurs && url.hash.includes('key=')) wrongs.push('A key: ' + one.outerHTML.slice(0, 100))
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const { parentElement: around, data } = text
    const isApart = /isolate|plaintext/.test(getComputedStyle(around).unicodeBidi) ||
      around.closest('option, title, svg, script') !== null
    if (/[\\u202a-\\u202e\\u2066-\\u2069]/.test(data) && !isApart) {
      wrongs.push('Turns what is around it: ' + around.outerHTML.slice(0, 200))
    }
  }
  const places = 'main, [role=main], [aria-label^="Task "] > div, dialog'
  const boxes = [document.documentElement, ...document.querySelectorAll(places)]
  for (const box of boxes) {
    const isBoard = box.querySelector('[data-column]') !== null && box.tagName === 'MAIN'
    if (box.scrollWidth > box.clientWidth + 1 && !isBoard) {
      const edge = box.getBoundingClientRect().left + box.clientWidth
      const wide = [...box.querySelectorAll('*')].filter((one) =>
        one.getBoundingClientRect().right > edge + 1 &&
        getComputedStyle(one).position !== 'absolute')
      wrongs.push('Wider than its place: ' + box.tagName + ' by ' +
        (box.scrollWidth - box.clientWidth) + ' for ' + wide.at(-1)?.outerHTML.slice(0, 200))
    }
  }
  return wrongs
})()`

/** Looks for what a hostile text did to a page; an empty list is what there should be. */
export const wrongsOf = async (page: Page): Promise<readonly unknown[]> => {
  const found: unknown = await page.evaluate(LOOK)
  return Array.isArray(found) ? found : ['The page could not be looked at.']
}
