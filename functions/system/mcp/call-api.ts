import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { parseJson } from '../../platform/http/body.ts';
import { apiOrigin } from '../../platform/process/own-url.ts';
import type { ApiOperation } from './api-operation.ts';

/** Who makes a call: the caller's own token, so that rights, policies, budgets and the audit log are theirs. */
export interface ApiCaller {
  token: string;
  signal: AbortSignal;
}

/** `json` is set for a complete JSON object. `isCut`: the body was longer than {@link MOST_BYTES}. */
export interface ApiAnswer {
  status: number;
  text: string;
  json: Record<string, unknown> | undefined;
  isCut: boolean;
}

/** Larger answers are files, which a model cannot read anyway. */
const MOST_BYTES = 1024 * 1024;

/**
 * Calls our REST API over HTTP, as any client does.
 * @throws TypeError when the API is unreachable; the signal's reason when it is aborted
 */
export async function callApi(
  operation: ApiOperation,
  given: Record<string, unknown>,
  { token, signal }: ApiCaller,
): Promise<ApiAnswer> {
  const { url, headers, body } = requestOf(operation, given);
  const response = await fetch(url, {
    method: operation.method,
    headers: {
      ...headers,
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'error',
    signal,
  });
  const { text, isCut } = await readText(response);
  const isJson = !isCut && /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  const json = isJson ? z.record(z.string(), z.unknown()).safeParse(parseJson(text)).data : undefined;
  return { status: response.status, text, json, isCut };
}

function requestOf({ path, places }: ApiOperation, given: Record<string, unknown>) {
  const headers: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  const url = new URL(apiOrigin());
  let filled = path;
  for (const [argument, value] of Object.entries(given)) {
    const place = places.get(argument);
    if (place === undefined || value === undefined) continue;
    if (place.in === 'body') body[place.name] = value;
    else if (place.in === 'query') url.searchParams.set(place.name, String(value));
    else if (place.in === 'header') headers[place.name] = String(value);
    else filled = filled.replace(`{${place.name}}`, () => encodeValue(String(value)));
  }
  url.pathname = filled;
  const takesBody = [...places.values()].some((place) => place.in === 'body');
  return { url, headers, body: takesBody ? body : undefined };
}

/**
 * Encodes slashes too, which the API decodes, so a value never reaches another operation. `URL` would resolve a dot
 * segment, also an encoded one.
 */
function encodeValue(value: string): string {
  return /^\.{1,2}$/.test(value) ? value.replaceAll('.', '%252e') : encodeURIComponent(value);
}

async function readText({ body }: Response): Promise<{ text: string; isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    size += piece.length;
    if (size > MOST_BYTES) break;
  }
  const isCut = size > MOST_BYTES;
  return { text: cutText(Buffer.concat(pieces).toString('utf8'), MOST_BYTES), isCut };
}
