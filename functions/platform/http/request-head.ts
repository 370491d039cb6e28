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
