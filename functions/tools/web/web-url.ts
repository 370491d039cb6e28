/**
 * Which URLs the web tools may ask for, before anything is resolved: http and https on their own ports, a public host's
 * full name or an address, and nothing that signs in. A name is compared and asked for as punycode, which is how `URL`
 * writes it.
 */
export type CheckedUrl = { status: 'allowed'; url: URL } | { status: 'refused'; reason: string };

/** Longer ones carry data, not an address. */
export const LONGEST_URL = 2_000;

const isOrdinaryPort = (port: number): boolean => port === 80 || port === 443;

/** @param base the page that the text stands on, for a relative one */
export function checkUrl(text: string, base?: URL, isAllowedPort = isOrdinaryPort): CheckedUrl {
  // `URL` would drop line breaks and tabs without a word; what a person was shown is then another address.
  if (text.length > LONGEST_URL || /[\s\p{Cc}]/u.test(text)) return refuse('is longer than a URL or has blanks in it');
  const url = URL.parse(text, base?.href);
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('is no URL that begins with https:// or http://');
  if (url.username !== '' || url.password !== '') return refuse('has a user name or a password in it');
  if (!isAllowedPort(portOf(url))) return refuse('names another port than 80 or 443');
  // The root's dot makes the same host another name.
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.replace(/\.+$/, '');
  if (!/[.:]/.test(url.hostname)) return refuse('names no public host');
  return { status: 'allowed', url };
}

/**
 * Where a redirect leads. It may not leave encryption, because whoever sits on the way could then write the page.
 * @param location the header as it came
 */
export function checkRedirect(from: URL, location: string, isAllowedPort = isOrdinaryPort): CheckedUrl {
  const checked = checkUrl(location, from, isAllowedPort);
  if (checked.status === 'allowed' && from.protocol === 'https:' && checked.url.protocol === 'http:')
    return refuse('leads from https to http');
  return checked;
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/**
 * Without the fragment, which never leaves this machine: two of these are the same request when they are the same text.
 */
export function requestTextOf(url: URL): string {
  const bare = new URL(url);
  bare.hash = '';
  return bare.href;
}

function refuse(reason: string): CheckedUrl {
  return { status: 'refused', reason };
}
