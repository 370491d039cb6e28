import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createId } from '../id.ts';
import type { Router } from './router.ts';

/**
 * Answers requests that Node's server does not pass to its listener: CONNECT, unknown methods, and malformed heads.
 * They get problem+json like every other error, and the connection is closed.
 */
export function refuseConnections(server: Server, route: Router): void {
  server.on('connect', (request, socket) => {
    end(socket, 405, 'Method not allowed', 'method-not-allowed', allowedAt(route, request.url ?? ''));
  });
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (error.code === 'HPE_INVALID_METHOD') refuseMethod(socket, route, error.rawPacket);
    else if (error.code === 'HPE_HEADER_OVERFLOW') end(socket, 431, 'The headers are too large', 'malformed-request');
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      end(socket, 408, 'The request was sent too slowly', 'malformed-request');
    else end(socket, 400, 'The request could not be read', 'malformed-request');
  });
}

function refuseMethod(socket: Duplex, route: Router, packet: Buffer | undefined): void {
  const head = packet?.subarray(0, 8192).toString('latin1') ?? '';
  const path = /^\S+ ([^\s?]+)(?:\?\S*)? HTTP\/1\.[01]\r?\n/.exec(head)?.[1];
  const allowed = path === undefined ? undefined : allowedAt(route, path);
  if (path === undefined) end(socket, 400, 'The request could not be read', 'malformed-request');
  else if (allowed === undefined) end(socket, 404, 'Not found', 'not-found');
  else end(socket, 405, 'Method not allowed', 'method-not-allowed', allowed);
}

/** Returns the methods of a path. No function serves the method '', so the router answers with the allowed methods. */
function allowedAt(route: Router, path: string): string | undefined {
  const destination = route('', path);
  return destination.kind === 'no-such-method' ? destination.allowed.join(', ') : undefined;
}

function end(socket: Duplex, status: number, title: string, kind: string, allow?: string): void {
  const requestId = createId('req');
  const body = JSON.stringify({
    type: `urn:apexflow:problem:${kind}`,
    title,
    status,
    detail: `${title}.`,
    instance: '',
    request_id: requestId,
  });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: private, no-store',
    'x-content-type-options: nosniff',
    `x-request-id: ${requestId}`,
    ...(status === 405 ? [`allow: ${allow ?? ''}`] : []),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
