import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DatabaseAway, Problem, problemOfDatabaseError } from '../errors.ts';
import { log, redact } from '../log.ts';

/** Replies belong to one user: no cache stores them, and browsers do not guess their type. */
const COMMON_HEADERS = {
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export type Headers = Record<string, string>;

export function writeJson(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  writeJsonText(response, status, JSON.stringify(body), headers);
}

export function writeJsonText(response: ServerResponse, status: number, text: string, headers: Headers): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(length),
    ...headers,
  });
  response.end(text);
  // A short text is in the buffer of the connection now.
  if (response.writableLength > 0) cutOffStalled(response, WRITE_TIMEOUT_MS);
}

export function writeEmpty(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, { ...COMMON_HEADERS, ...headers });
  response.end();
}

/** How long a reader may take none of the bytes that wait for it. A stream of events writes at least every 15 s. */
const WRITE_TIMEOUT_MS = 30_000;

/** Closes the connection of a reader who reads nothing for this long, because the unread bytes are in our memory. */
function cutOffStalled(response: ServerResponse, timeoutMs: number): void {
  response.setTimeout(timeoutMs, () => {
    if (response.writableLength > 0) response.destroy();
  });
}

/**
 * Streams the body with back-pressure. A source that fails after the headers cuts the connection, so a client notices
 * that the body is incomplete.
 */
export async function writeStream(
  response: ServerResponse,
  status: number,
  source: AsyncIterable<Uint8Array | string>,
  headers: Headers,
  timeoutMs = WRITE_TIMEOUT_MS,
): Promise<void> {
  response.writeHead(status, { ...COMMON_HEADERS, ...headers });
  response.flushHeaders();
  cutOffStalled(response, timeoutMs);
  await pipeline(Readable.from(source, { objectMode: false }), response);
}

/**
 * Returns the problem for a thrown value. A database that does not answer, for example while it restarts, is 503 and a
 * short wait. Anything but a problem or a known database error is our fault: it is logged and becomes 500.
 */
export function problemOf(error: unknown, context: { requestId: string; function: string }): Problem {
  if (error instanceof Problem) return error;
  const known = problemOfDatabaseError(error);
  if (known) return known;
  log('error', 'a request failed', { request_id: context.requestId, function: context.function, error });
  if (error instanceof DatabaseAway) {
    const detail = 'The database does not answer. Work that was accepted before is not lost. Try again.';
    return new Problem('not-ready', detail, { retryAfterSeconds: 1, cause: error });
  }
  return new Problem('internal-error', 'The request failed. Work that was accepted before is not lost. Try again.', {
    cause: error,
  });
}

/** Writes the problem as problem+json (RFC 9457). */
export function writeProblem(response: ServerResponse, problem: Problem, requestId: string, instance: string): void {
  const { errors, retryAfterSeconds, headers } = problem.options;
  const body = {
    type: `urn:apexflow:problem:${problem.kind}`,
    title: problem.title,
    status: problem.status,
    detail: redact(problem.message),
    instance,
    request_id: requestId,
    ...(errors
      ? { errors: errors.map(({ path, message }) => ({ path: redact(path), message: redact(message) })) }
      : {}),
  };
  writeJson(response, problem.status, body, {
    'content-type': 'application/problem+json; charset=utf-8',
    'x-request-id': requestId,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...headers,
  });
}
