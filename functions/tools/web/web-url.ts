/**
 * The URLs that the web tools may request, checked before a name is resolved: http and https on their default ports,
 * with a full host name or an address and without credentials. Names are compared as punycode, as `URL` writes them.
 */
export type CheckedUrl = { status: 'allowed'; url: URL } | { status: 'refused'; reason: string };

/** Longer URLs usually carry data out. */
export const MAX_URL_LENGTH = 2_000;

const isOrdinaryPort = (port: number): boolean => port === 80 || port === 443;

/** @param base the page that contains the URL, for a relative URL */
export function checkUrl(text: string, base?: URL, isAllowedPort = isOrdinaryPort): CheckedUrl {
  // `URL` removes line breaks and tabs silently, so the user would have been shown another address.
  if (text.length > MAX_URL_LENGTH || /[\s\p{Cc}]/u.test(text))
    return refuse('is too long for a URL or contains blanks');
  const url = URL.parse(text, base?.href);
  if (url === null || !/^https?:$/.test(url.protocol))
    return refuse('is not a URL that begins with https:// or http://');
  if (url.username !== '' || url.password !== '') return refuse('contains a user name or a password');
  if (!isAllowedPort(portOf(url))) return refuse('has another port than 80 or 443');
  // With the dot of the DNS root the same host has another name.
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.replace(/(?<!\.)\.+$/, '');
  if (!/[.:]/.test(url.hostname)) return refuse('names no public host');
  return { status: 'allowed', url };
}

/**
 * Checks the target of a redirect. A redirect from https to http is refused, because anybody on the network path could
 * then change the page.
 * @param location the header as the server sent it
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

/** Returns the URL without its fragment, which is never sent. Equal texts mean equal requests. */
export function requestTextOf(url: URL): string {
  const bare = new URL(url);
  bare.hash = '';
  return bare.href;
}

function refuse(reason: string): CheckedUrl {
  return { status: 'refused', reason };
}
