import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { cutText } from '../cut-text.ts';
import { Problem } from '../errors.ts';
import { BODY_BYTES, type Hold } from './budget.ts';
import { explainIssues } from './explain-issues.ts';
import { MOST_VALUES, refuseUnkeptJson, scanJson } from './unkept-json.ts';

/** Bytes that a JSON body may have, unless its endpoint declares a `bodyLimit`. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;

/**
 * Rejects a compressed body (a few kilobytes could inflate to a gigabyte) and a body whose declared length is above the
 * limit. It reads only headers.
 * @throws Problem 415 or 413
 */
export function admit(request: IncomingMessage, limit: number): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported-media-type', 'Send the body without Content-Encoding.');
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/** Answers 100 Continue when the body is read: a refused client need not send it. */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  waiting.set(request, response);
}

/** Returns the whole body. The limit holds with and without a declared length. @throws Problem 413, 415, 429, 503 */
export async function readBody(request: IncomingMessage, limit: number, hold: Hold = holdNothing): Promise<Buffer> {
  admit(request, limit);
  // Set when the Functions Framework has parsed the body; see functions-framework.ts for why it normally does not.
  if ('rawBody' in request && Buffer.isBuffer(request.rawBody)) {
    if (request.rawBody.length > limit) throw tooLarge(limit);
    return request.rawBody;
  }
  waiting.get(request)?.writeContinue();
  return collect(request, limit, hold);
}

const holdNothing: Hold = () => undefined;

/**
 * Returns all bytes, in half the time of an async iteration. Each byte is held when it arrives, so a body that is
 * declared and not sent takes nothing from anybody.
 * @throws Error when the caller disconnects before the end
 */
function collect(request: IncomingMessage, limit: number, hold: Hold): Promise<Buffer> {
  const gone = () => new Error('The caller disconnected before the end of the body');
  return new Promise((resolve, reject) => {
    if (request.destroyed) return reject(gone());
    const chunks: Buffer[] = [];
    let size = 0;
    const add = (chunk: Buffer) => {
      try {
        size += chunk.length;
        if (size > limit) throw tooLarge(limit);
        hold(BODY_BYTES, chunk.length);
        chunks.push(chunk);
      } catch (error) {
        request.off('data', add);
        chunks.length = 0;
        reject(error);
      }
    };
    request.on('data', add);
    request.once('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.once('error', reject);
    request.once('close', () => {
      if (!request.complete) reject(gone());
    });
  });
}

/**
 * Streams a body of any type, with back-pressure, so its bytes are never in memory together. The limit holds with and
 * without a declared length.
 * @throws Problem 413 and 415; Error when the caller disconnects before the end
 */
export async function* streamBody(request: IncomingMessage, limit: number): AsyncGenerator<Uint8Array> {
  admit(request, limit);
  if ('rawBody' in request) return yield await readBody(request, limit);
  waiting.get(request)?.writeContinue();
  let size = 0;
  // A reader that stops early must not destroy the request: its connection carries the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    yield chunk;
  }
}

/**
 * Returns the body as JSON.
 * @param mayBeEmpty an empty body is `{}`; otherwise it is rejected
 * @throws Problem 415 for another content type, 400 for invalid UTF-8 or JSON, 422 for what cannot be kept; 429 and 503
 *   when the caller or the process has too many bytes of bodies
 */
export async function readJson(
  request: IncomingMessage,
  limit: number,
  { mayBeEmpty = false, hold }: { mayBeEmpty?: boolean | undefined; hold?: Hold } = {},
): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const bytes = await readBody(request, limit, hold);
  if (bytes.length === 0) {
    if (mayBeEmpty) return {};
    throw new Problem('malformed-request', 'The body is empty; send a JSON object.');
  }
  if (type !== 'application/json') throw new Problem('unsupported-media-type', 'Send the body as application/json.');
  // Otherwise each wrong byte became U+FFFD: texts were damaged, and two names of users could become one.
  if (!isUtf8(bytes)) throw new Problem('malformed-request', 'The body is not valid UTF-8.');
  return parseJson(bytes.toString('utf8'));
}

/**
 * Parses JSON of a caller.
 * @throws Problem 400 for invalid JSON, 422 for what cannot be kept as it was sent, see {@link refuseUnkeptJson}
 */
export function parseJson(text: string): unknown {
  const scanned = scanJson(text);
  if (scanned.values > MOST_VALUES)
    throw new Problem('invalid-request', `The JSON may have ${MOST_VALUES} fields and items at most.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed-request', 'The body is not valid JSON.');
  }
  const refused = refuseUnkeptJson(text, value, scanned);
  if (refused !== undefined) throw new Problem('invalid-request', refused);
  return value;
}

/** Characters of a field name or message that a problem repeats: callers choose field names of any length. */
const LONGEST_ECHO = 200;

/**
 * Parses a part of a request with its schema.
 * @throws Problem 422 that names each wrong field and what was expected there
 */
export function parsePart<Schema extends z.ZodType>(schema: Schema, value: unknown, part: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = explainIssues(parsed.error.issues, [part])
    .slice(0, 20)
    .map(({ path, message }) => ({
      path: cutText(path.join('.'), LONGEST_ECHO),
      message: cutText(message, LONGEST_ECHO),
    }));
  throw new Problem('invalid-request', `${errors[0]?.path}: ${errors[0]?.message}`, { errors });
}

/** Stands for bytes that are not valid UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Returns the query parameters as an object.
 * @throws Problem 422 for a parameter given twice or a value that is not valid UTF-8
 */
export function queryOf(search: URLSearchParams): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of search) {
    if (query.has(name))
      throw new Problem('invalid-request', `The query parameter ${cutText(name, LONGEST_ECHO)} is given twice.`);
    if (value.includes(REPLACEMENT))
      throw new Problem(
        'invalid-request',
        `The query parameter ${cutText(name, LONGEST_ECHO)} holds bytes that are not UTF-8, or U+FFFD.`,
      );
    query.set(name, value);
  }
  // Object.fromEntries, because an assignment to __proto__ would drop the parameter instead of rejecting it as unknown.
  return Object.fromEntries(query);
}

function tooLarge(limit: number): Problem {
  return new Problem('too-large', `The body may have ${limit} bytes at most.`, { headers: { connection: 'close' } });
}
