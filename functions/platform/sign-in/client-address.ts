import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { environment } from '../environment.ts';

/**
 * Returns the IP address that a request came from. Behind proxies it is the entry of X-Forwarded-For that our outermost
 * proxy added, counted from the right; the caller can forge every entry further left. Without a proxy it is the address
 * of the connection.
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

/**
 * Returns the network of one internet customer: the IPv4 address, or the /64 of an IPv6 address, within which a caller
 * can change the address at will.
 */
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

/** Counts an embedded IPv4 address as two groups. It is always at the end, so it is never among the first four. */
function groupsOf(part: string): string[] {
  return part.split(':').flatMap((group) => (group === '' ? [] : group.includes('.') ? ['0', '0'] : [group]));
}
