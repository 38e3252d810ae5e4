// Letters of other alphabets that look like Latin ones, small and capital. The full list of Unicode
// has thousands; these are those that common fonts draw alike. Full-width, circled and mathematical
// letters fall to normalisation (NFKC), accents to taking a letter apart (NFKD).

const ALIKE: Readonly<Record<string, string>> = {
  a: 'аαɑ⍺АΑᎪ',
  b: 'ЬьƄƅвВΒᏴ',
  c: 'сςᴄСϹⲤᏟ',
  d: 'ԁɗԀᎠ',
  e: 'еҽ℮эЕΕᎬ',
  f: 'ƒғϜ',
  g: 'ɡɢԍԌᏀ',
  h: 'һհнҺНΗᎻ',
  i: 'іıιɩɪІΙӀӏ',
  j: 'јյЈᎫ',
  k: 'кκᴋКΚᏦ',
  l: 'ןǀ∣ⅼᏞԼ',
  m: 'мᴍМΜᎷ',
  n: 'пոռηɴΝ',
  o: 'оοօσᴏ०੦௦ОΟՕ',
  p: 'рρⲣРΡᏢ',
  q: 'ԛզԚ',
  r: 'гᴦⲅᏒ',
  s: 'ѕꜱƽЅՏᏚ',
  t: 'тτᴛТΤᎢ',
  u: 'υսʋᴜՍ',
  v: 'νѵᴠѴᏙ',
  w: 'ѡԝɯաᴡшωԜᎳ',
  x: 'хχ×ХΧ',
  y: 'уγүУΥҮ',
  z: 'ᴢʐΖᏃ',
}

const TO_LATIN: ReadonlyMap<string, string> = new Map(
  Object.entries(ALIKE).flatMap(([latin, others]) =>
    [...others].map((other) => [other, latin] as const),
  ),
)

/** Writes a text in the plain lower-case Latin letters that it looks like. */
export const looksLike = (text: string): string =>
  [...text.normalize('NFKC')]
    .map((letter) => TO_LATIN.get(letter) ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
