import type { IncomingMessage } from 'node:http';
import { findAddresses } from '../../platform/http/public-address.ts';
import { openExchange, type WebRequest } from './open-exchange.ts';
import type { WebAccess } from './web-access.ts';

/**
 * Resolves the host of a URL once, checks every address, and sends the request to a checked address. `reason` completes
 * a sentence that begins with the URL. Redirects are not followed.
 * @throws Error of the connection, the parser or the signal, see {@link openExchange}
 */
export async function askHost(
  request: WebRequest,
  access: WebAccess,
  signal: AbortSignal,
): Promise<IncomingMessage | { reason: string }> {
  const host = request.url.hostname.replace(/^\[|\]$/g, '');
  const found = await beforeAbort(findAddresses(host, access.addresses), signal);
  if (found.status === 'refused')
    return { reason: found.reason === 'no such host' ? 'names a host that is not known' : 'names no public host' };
  // IPv4 first, because some of our networks have no route for IPv6.
  const [first, second] = found.addresses.toSorted((one, other) => one.family - other.family);
  if (first === undefined) return { reason: 'names a host that is not known' };
  try {
    return await openExchange(request, first.address, access, signal);
  } catch (error) {
    const isRefused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
    if (second === undefined || !isRefused) throw error;
    return openExchange(request, second.address, access, signal);
  }
}

/** Stops waiting when the signal is aborted, for work that cannot be stopped, such as the name resolver. */
export async function beforeAbort<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
