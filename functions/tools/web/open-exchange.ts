import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { request as requestHttp } from '../../platform/http/node-http.ts';
import type { WebAccess } from './web-access.ts';
import { portOf } from './web-url.ts';

/** A request to a server that a stranger may control. `headers` are sent beside `host` and `connection`. */
export interface WebRequest {
  url: URL;
  method: 'GET' | 'POST' | 'DELETE';
  headers: Record<string, string>;
  body?: string;
}

/**
 * Sends one request to one address and resolves when the head of the response is complete. The connection is opened to
 * this address, whatever the name resolves to by now. TLS still checks the certificate for the name. The request uses
 * no cookie, no proxy and no shared connection, and no credential but what `headers` has.
 * @throws Error of the connection, the parser or the signal, or {@link HeadTimeout}
 */
export function openExchange(
  sent: WebRequest,
  address: string,
  access: WebAccess,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { url, body } = sent;
  const isEncrypted = url.protocol === 'https:';
  const options = { ...optionsOf(sent, address, access), signal };
  const request = isEncrypted ? requestHttps({ ...options, ...tlsOptions(url, access) }) : requestHttp(options);
  // The time limit is for the complete head, because a server can send interim responses (1xx) for ever.
  const timer = setTimeout(() => request.destroy(new HeadTimeout()), access.limits.headMs);
  request.once('response', (response) => {
    clearTimeout(timer);
    resolve(response);
  });
  request.on('error', reject);
  request.once('close', () => clearTimeout(timer));
  // The request asks for no upgrade. A server that upgrades anyway gets no socket.
  request.once('upgrade', (_response, socket) => {
    socket.destroy();
    reject(new Error('The server changed the protocol'));
  });
  request.end(body);
  return promise;
}

export class HeadTimeout extends Error {}

function optionsOf({ url, method, headers }: WebRequest, address: string, { limits }: WebAccess): RequestOptions {
  return {
    host: address,
    port: portOf(url),
    method,
    path: `${url.pathname}${url.search}`,
    agent: false,
    setHost: false,
    maxHeaderSize: limits.headBytes,
    insecureHTTPParser: false,
    headers: { ...headers, host: url.host, connection: 'close' },
  };
}

/**
 * TLS asks for the name and checks it, although the connection goes to an address. IP addresses are not sent (RFC
 * 6066).
 */
function tlsOptions(url: URL, { authorities }: WebAccess) {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
}
