import type { IncomingMessage } from 'node:http';
import { environment } from '../environment.ts';

/**
 * Names of this machine, and the hosts that its operator has configured. A web page of another host name that resolves
 * to this machine (DNS rebinding) is of the same origin as its own requests, so only this check keeps it out. Cloud Run
 * passes on only requests for the service's own hosts.
 */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Returns whether a request is for a host that this process serves: a known name, or the address that the connection
 * was made to. The port does not matter. A request with an absolute URL is for the host of the URL (RFC 9112, 3.2.2).
 */
export function isServedHost({ url = '', headers, socket }: IncomingMessage): boolean {
  if (environment.isCloud) return true;
  const authority = /^[a-z]{1,10}:\/\/([^/?#]{0,300})/i.exec(url)?.[1];
  return [headers.host, authority].every((host) => {
    if (host === undefined) return true;
    const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
    return LOOPBACK.includes(name) || isConfigured(name) || name === urlHostOf(socket.localAddress);
  });
}

/**
 * Returns whether a request may come from a web page: it has no `Origin`, as clients that are no browser, or its page
 * is of a host that this process serves. `null`, which sandboxed pages and files send, is foreign.
 */
export function isServedOrigin({ headers: { origin } }: IncomingMessage): boolean {
  if (origin === undefined) return true;
  const host = URL.parse(origin)?.hostname;
  if (host === undefined) return false;
  return isConfigured(host) || (!environment.isCloud && LOOPBACK.includes(host));
}

function isConfigured(name: string): boolean {
  const { ALLOWED_HOSTS, LISTEN_ADDRESS, PUBLIC_URL } = environment;
  return ALLOWED_HOSTS.includes(name) || name === LISTEN_ADDRESS || name === URL.parse(PUBLIC_URL ?? '')?.hostname;
}

/** Returns an address as URLs write it. */
function urlHostOf(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:/, '');
  return plain?.includes(':') ? `[${plain}]` : plain;
}
