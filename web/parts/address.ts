/**
 * Addresses from a model's text are hostile: they hide where they lead with lookalike letters, with controls that turn
 * the direction of the text, with a user name in front of the host, or with a scheme that runs script.
 */

/** A link that a reader may open, after they have seen it. */
export interface Address {
  /** The address as the browser opens it. Its host is in ASCII (Punycode), and it has no invisible characters. */
  href: string;
  /** The host in ASCII, or the mail address. */
  host: string;
  /** Whether the host has letters outside ASCII, which may look like others. */
  isForeignScript: boolean;
}

// Controls and format characters (direction, zero width, soft hyphen, tags), line separators, fillers that look empty.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u{e0000}-\u{e0fff}]|\u034f|\u17b4|\u17b5/gu;
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const MAX_LENGTH = 4_096;

/** Returns the text without characters that are invisible or that turn the direction of what follows. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/**
 * Returns the address of a link, or undefined when it must stay text: another scheme than http, https and mailto, a
 * relative address, a user name or password before the host, or more than 4,096 characters.
 */
export function addressOf(raw: string): Address | undefined {
  if (raw.length > MAX_LENGTH) return undefined;
  const text = withoutInvisible(decodeReferences(raw)).trim();
  if (!/^(https?:\/\/|mailto:)/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!SCHEMES.has(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const host = url.protocol === 'mailto:' ? decodeSafely(url.pathname) : url.host;
  if (host === '') return undefined;
  return { href: url.href, host, isForeignScript: /(^|\.)xn--/.test(url.host) || /[^\p{ASCII}]/u.test(host) };
}

/**
 * Markdown resolves character references in a destination; the lexer leaves them. Only those that occur in addresses.
 */
function decodeReferences(text: string): string {
  return text
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (all: string, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(/&colon;/gi, ':')
    .replace(/&amp;/gi, '&');
}

function decodeSafely(text: string): string {
  try {
    return withoutInvisible(decodeURIComponent(text));
  } catch {
    return text;
  }
}
