// What a description should not say to a model. Rules see lower-case text in Latin letters, with
// one space between words. A number between two lists of words is how many characters may lie
// between them: every gap has an end, so that no text makes a rule slow.

type Part = string | number

const words = (...parts: readonly Part[]): RegExp =>
  new RegExp(
    parts.map((part) => (typeof part === 'number' ? `.{0,${part}}` : `\\b(?:${part})\\b`)).join(''),
  )

const PERSON = 'user|human|person|operator'
const ANYBODY = `${PERSON}|anyone|anybody|them|this|it`
const TELLING = 'tell|mention|inform|notify|reveal|alert|disclose'
const TOLD = 'telling|mentioning|informing|notifying|revealing|alerting|disclosing'
const QUIETLY = 'silently|secretly|covertly|discreetly|quietly'
const HANDING = 'include|pass|put|paste|append|attach|add|provide|send|copy|insert|embed'
const SENDING = 'send|post|upload|forward|transmit|exfiltrate|leak|report|submit|deliver|bcc'
const SECRETS = [
  'passwords?|api keys?|access tokens?|secrets|credentials|environment variables',
  'session cookies?',
].join('|')
const ORDERS =
  'instructions?|prompts?|rules?|messages?|guidelines?|directions?|context|polic(?:y|ies)'
const WHOSE = 'previous|prior|above|earlier|preceding|other|system|safety|all|any|your'
// A tool by the name that clients of the hub know.
const HUB_TOOL = '\\w{2,30}__\\w{2,40}'

/** Patterns of suspicious words, by what they are after. */
export const SUSPICION_RULES = {
  override: [
    words('ignore|disregard|forget|override|bypass|discard', 30, WHOSE, 25, ORDERS),
    words('new|updated|real|actual', 1, 'instructions?(?= ?:)'),
    words(
      'these|this|the following',
      1,
      'instructions?|rules?',
      1,
      'take|takes|has|have',
      1,
      'pre.{2,6}nce|priority',
    ),
    words('you are', 1, 'now|no longer'),
    words('from now on', 2, 'you|always|never|act|respond'),
  ],
  secrecy: [
    words("do not|don't|dont|never|must not|should not", 20, TELLING, 40, ANYBODY),
    words('avoid|without', 20, TOLD, 40, ANYBODY),
    words('keep|hide|conceal', 25, `secret|hidden|from the (?:${PERSON})`),
    words(
      `without(?: the)? (?:${PERSON})(?:'s|s)?`,
      1,
      'knowledge|knowing|noticing|consent|awareness',
    ),
    words(
      PERSON,
      1,
      'must|should|does|will|need',
      7,
      'know|see|notice|be told|be informed|be aware',
    ),
    words(QUIETLY, 1, `${SENDING}|${HANDING}|call|read|run|execute|fetch|use|invoke`),
  ],
  credentials: [
    /\.(?:ssh|aws|gnupg|kube|docker|azure|config\/gcloud)[\\/]/,
    /(?<![a-z0-9])id_(?:rsa|ed25519|ecdsa)\b/,
    /\/etc\/(?:passwd|shadow|sudoers)\b/,
    /(?:^|[\s"'`/~(])\.(?:netrc|npmrc|pypirc|git-credentials|pgpass|bash_history|zsh_history)\b/,
    /\b(?:read|open|cat|load|include|contents? of|send|attach|copy)\b.{0,30}[\s"'`/]\.env\b/,
    words('(?:mcp|claude_desktop_config|credentials|secrets)\\.json'),
    words('private keys?|seed phrase|login data|cookies\\.sqlite|keychain'),
  ],
  exfiltration: [
    words(SENDING, 80, 'https?://|attacker|webhook\\.\\w+|[\\w.]{1,40}@[\\w-]{1,40}\\.\\w+'),
    /\b(?:send|post|upload|forward|transmit|report|submit)\b.{0,80}\bhttps?:\/\//,
    words(HANDING, 40, 'conversation|chat history|system prompt|previous messages|message history'),
    words(HANDING, 40, 'entire prompt|entire context|full context|all (?:the )?messages'),
    words(HANDING, 30, SECRETS, 40, 'parameter|argument|field|note|context|comment|body|message'),
    /!\[[^\]]{0,80}\]\(https?:\/\/[^)]{0,200}[?&=]/,
  ],
  other_tools: [
    words(
      'before|after|whenever|when|every time|each time|prior to|if',
      ...[30, 'using|calling|invoking|running|you use|you call|call to'],
      ...[15, 'any|other|another|every|all|each', 15, 'tools?'],
    ),
    words(
      'instead of|rather than|in place of',
      ...[15, `other|original|built-?in|official|${HUB_TOOL}`, 25, 'tools?|servers?|functions?'],
    ),
    words(
      "do not|don't|never|stop",
      ...[1, 'use|using|call|calling|trust|trusting'],
      ...[15, 'other|another|original|official|remaining', 20, 'tools?|servers?'],
    ),
    words('must|has to|should|needs to', 8, 'be (?:called|used|invoked|run)', 1, 'first|before'),
    words(
      '(?:other|all|any) tools?',
      ...[1, 'is|are|has been|have been', 1],
      'deprecated|disabled|broken|unsafe|replaced|compromised',
    ),
    words(
      'when|whenever|if',
      ...[20, `send_email|send_message|${HUB_TOOL}`, 40, 'must|always|also|change|replace|set'],
    ),
  ],
  role_marks: [
    /<\/?\s?(?:system|important|instructions?|assistant|secret|admin|critical|hidden|sys)\s?>/,
    /\[\/?(?:inst|system|assistant)\]/,
    /<\|[a-z_]{2,20}\|>/,
    /(?:^|\s)#{1,4} ?system\b/,
    /(?:^|[.!?:;] )(?:system|assistant|developer)(?: (?:message|prompt|note))? ?: ?[a-z]/,
    words('(?:notes?|messages?|instructions?) (?:to|for)', 20, '(?:ai|model|agent|assistant)s?'),
  ],
  false_consent: [
    words(
      'user|human|operator|admin|administrator',
      ...[1, 'has|have', 30, 'approved|authori[sz]ed|consented|agreed|confirmed|granted'],
    ),
    words(
      "without|no need to|no need for|do not|don't|never|skip|skipping",
      ...[15, 'ask|asking|confirm|confirming|confirmation|approval|requesting|permission'],
    ),
    words('pre-?approved?|auto-?approved?'),
  ],
  markup: [
    /<!--/,
    /\b(?:display ?: ?none|visibility ?: ?hidden|font-size ?: ?0|opacity ?: ?0)\b/,
    /<(?:script|iframe|img|svg|style|object|embed)\b/,
    /\b(?:javascript|data:text\/html)\s?[:;,]/,
  ],
} as const satisfies Readonly<Record<string, readonly RegExp[]>>
