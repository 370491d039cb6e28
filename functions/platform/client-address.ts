import type { IncomingMessage } from 'node:http';
import { environment } from './environment.ts';

/**
 * The address that a request came from: counted from the right of X-Forwarded-For for the proxies that are ours (what is further left is the caller's to
 * write), or the connection's own where there is no proxy.
 */
export function clientAddress(request: IncomingMessage): string {
  const proxies = environment.TRUSTED_PROXIES ?? (environment.isCloud ? 1 : 0);
  const forwarded = request.headers['x-forwarded-for'];
  if (proxies > 0 && typeof forwarded === 'string') {
    const addresses = forwarded.split(',').map((part) => part.trim());
    return addresses[Math.max(0, addresses.length - proxies)] ?? 'unknown';
  }
  return request.socket.remoteAddress ?? 'unknown';
}
