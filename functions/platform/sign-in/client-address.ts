import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { environment } from '../environment.ts';

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

/** What one customer of a provider has: an IPv4 address, or the 64 bits of IPv6 within which he can take another address for every request. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = new Array<string>(tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)).fill('0');
  const network = [...before, ...zeros, ...after].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** An IPv4 address at the end stands for two groups, which are none of the first four. */
function groupsOf(part: string): string[] {
  return part.split(':').flatMap((group) => (group === '' ? [] : group.includes('.') ? ['0', '0'] : [group]));
}
