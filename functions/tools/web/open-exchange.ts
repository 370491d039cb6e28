import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { WebAccess } from './web-access.ts';
import { portOf } from './web-url.ts';

/**
 * Sends one GET to one address and answers when the head is whole. The connection goes to this address and to nothing
 * else, whatever the name means by now; TLS still asks for the certificate of the name. No cookie, no credential, no
 * proxy, no connection that others used.
 * @throws Error of the connection, the parser or the signal, or {@link HeadTimeout}
 */
export function openExchange(
  url: URL,
  address: string,
  access: WebAccess,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isEncrypted = url.protocol === 'https:';
  const options = { ...optionsOf(url, address, access), signal };
  const request = isEncrypted ? requestHttps({ ...options, ...tlsOptions(url, access) }) : requestHttp(options);
  // Interim answers (1xx) may come for ever, one byte at a time: only the whole head counts.
  const timer = setTimeout(() => request.destroy(new HeadTimeout()), access.limits.headMs);
  request.once('response', (response) => {
    clearTimeout(timer);
    resolve(response);
  });
  request.on('error', reject);
  request.once('close', () => clearTimeout(timer));
  // Nobody asked for another protocol; a server that speaks one anyway gets no socket of ours.
  request.once('upgrade', (_response, socket) => {
    socket.destroy();
    reject(new Error('The server changed the protocol'));
  });
  request.end();
  return promise;
}

export class HeadTimeout extends Error {}

const AGENT = 'ApexFlow/1.0 (web_fetch; reads single pages for a person)';

function optionsOf(url: URL, address: string, { limits }: WebAccess): RequestOptions {
  return {
    host: address,
    port: portOf(url),
    method: 'GET',
    path: `${url.pathname}${url.search}`,
    agent: false,
    setHost: false,
    maxHeaderSize: limits.headBytes,
    insecureHTTPParser: false,
    headers: {
      host: url.host,
      'user-agent': AGENT,
      accept: 'text/html, text/markdown, text/plain, application/json, application/xml;q=0.9',
      'accept-encoding': 'gzip, br',
      'accept-language': 'en, *;q=0.5',
      connection: 'close',
    },
  };
}

/**
 * The name is asked for and checked, though the connection goes to an address; an address as a name has no server name
 * (RFC 6066).
 */
function tlsOptions(url: URL, { authorities }: WebAccess) {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
}
