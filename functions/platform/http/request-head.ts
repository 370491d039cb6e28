import type { IncomingMessage } from 'node:http';

/** Returns the path and query of a request. Its host is never used, because the caller chooses it. */
export function addressOf(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
}

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Returns the bearer token of a request. Other schemes and the query string are ignored. */
export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

/**
 * Returns the path in the request line of a head that Node's parser refused, without a pattern that could backtrack.
 */
export function pathInHead(head: string): string | undefined {
  const line = head.slice(0, Math.max(0, head.indexOf('\n'))).trimEnd();
  const [, target = '', version = '', ...rest] = line.split(' ', 4);
  const isRequestLine = rest.length === 0 && (version === 'HTTP/1.1' || version === 'HTTP/1.0');
  const path = target.split('?', 1)[0];
  return isRequestLine && path !== '' ? path : undefined;
}
