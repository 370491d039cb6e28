import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, Transform } from 'node:stream';
import { askHost } from '../web/ask-host.ts';
import { describeFetchFault } from '../web/fetch-page.ts';
import type { WebRequest } from '../web/open-exchange.ts';
import type { WebAccess } from '../web/web-access.ts';
import { checkUrl } from '../web/web-url.ts';

/** Why a server cannot be used: the end of a sentence that begins with its name. `said` is the server's own text. */
export class McpFault extends Error {
  readonly said: string | undefined;

  constructor(message: string, said?: string) {
    super(message);
    this.said = said;
  }
}

/**
 * Returns the `fetch` of the MCP client. Each request is checked again: its URL, every address of its host, and the
 * connection goes to a checked address. It follows no redirect: the client does within one origin, through this
 * function. A body is cut off with an error at the limit, also one that streams events.
 * @param end called with the fault, because the client would wait for the answer of a stream that was cut off
 */
export function guardedFetch(access: WebAccess, signal: AbortSignal, end: (fault: McpFault) => void) {
  const fail = (reason: string): McpFault => {
    const fault = new McpFault(reason);
    end(fault);
    return fault;
  };
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const ends = init.signal ? AbortSignal.any([signal, init.signal]) : signal;
    const checked = checkUrl(String(url), undefined, access.isAllowedPort);
    if (checked.status === 'refused') throw fail(checked.reason);
    const response = await askHost(requestOf(checked.url, init), access, ends).catch((error: unknown) => {
      ends.throwIfAborted();
      throw fail(describeFetchFault(error, ends));
    });
    if ('reason' in response) throw fail(response.reason);
    return toResponse(response, access.limits.wireBytes, fail);
  };
}

function requestOf(url: URL, { method = 'GET', headers, body }: RequestInit): WebRequest {
  if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') throw new Error(`The MCP client sent ${method}`);
  if (body !== undefined && body !== null && typeof body !== 'string')
    throw new Error('The MCP client sent a body that is not text');
  const sent = Object.fromEntries(new Headers(headers));
  return {
    url,
    method,
    headers: {
      ...sent,
      'user-agent': 'ApexFlow/1.0 (MCP client)',
      // Some kilobytes that unpack to gigabytes would need a second limit.
      'accept-encoding': 'identity',
      ...(body ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    },
    ...(body ? { body } : {}),
  };
}

/** The headers of an answer that the client reads. */
const READ_HEADERS = ['content-type', 'location', 'mcp-session-id', 'retry-after', 'www-authenticate'] as const;

function toResponse(message: IncomingMessage, mostBytes: number, fail: (reason: string) => McpFault): Response {
  const status = message.statusCode ?? 0;
  const encoding = message.headers['content-encoding'] ?? 'identity';
  if (status < 200 || status > 599 || encoding !== 'identity') {
    message.destroy();
    throw fail('answered with a status or a compression that is not supported');
  }
  const headers = new Headers();
  for (const name of READ_HEADERS) {
    const value = message.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  if ([204, 205, 304].includes(status)) {
    message.destroy();
    return new Response(null, { status, headers });
  }
  const body = pipeline(message, limitOf(mostBytes, fail), () => undefined);
  return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, { status, headers });
}

function limitOf(mostBytes: number, fail: (reason: string) => McpFault): Transform {
  let size = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (size <= mostBytes) done(null, piece);
      else done(fail(`answered with more than ${mostBytes} bytes, which are not read`));
    },
  });
}
