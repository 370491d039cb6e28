import { createHash, type KeyObject, verify } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { crc32c } from '../../functions/platform/secrets/cloud-kms.ts';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/**
 * The part of Cloud Storage's JSON API that the product uses: multipart upload with a precondition and checksums,
 * download, list, delete; and PUT with a signed address (V4) of its XML API.
 */
export interface ScriptedStorage {
  endpoint: string;
  /** Maps `bucket/name` to the object. */
  objects: Map<string, StoredObject>;
  /** `METHOD path` of each request. */
  requests: string[];
  /** When set, downloads send bytes that do not match their checksum. */
  corruptDownloads: boolean;
  /** The key that verifies signed addresses. */
  signer: KeyObject | undefined;
  /** When set, requests are answered with this status. */
  failWith: number | undefined;
  close(): Promise<void>;
}

interface StoredObject {
  bytes: Buffer;
  generation: number;
}

export async function startScriptedStorage(): Promise<ScriptedStorage> {
  const server = await startHttpServer((request, response) => {
    // A client may break off its upload.
    answer(state, request, response).catch(() => response.destroy());
  });
  const state: ScriptedStorage = {
    endpoint: server.url,
    objects: new Map(),
    requests: [],
    corruptDownloads: false,
    signer: undefined,
    failWith: undefined,
    close: server.close,
  };
  return state;
}

async function answer(state: ScriptedStorage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await readBody(request);
  const url = new URL(request.url ?? '/', 'http://localhost');
  state.requests.push(`${request.method} ${url.pathname}`);
  if (state.failWith !== undefined) return fail(response, state.failWith, 'scripted');
  if (url.searchParams.has('X-Goog-Signature')) return putSigned(state, request, url, bytes, response);
  const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname);
  // With STORAGE_EMULATOR_HOST the client leaves out the version.
  const list = /^(?:\/storage\/v1)?\/b\/([^/]+)\/o$/.exec(url.pathname);
  const object = /^(?:\/download)?(?:\/storage\/v1)?\/b\/([^/]+)\/o\/([^/]+)$/.exec(url.pathname);
  if (upload?.[1]) return store(state, upload[1], url, request, bytes, response);
  if (list?.[1]) return listObjects(state, list[1], url.searchParams.get('prefix') ?? '', response);
  if (object?.[1] && object[2])
    return serveObject(state, request.method, `${object[1]}/${decodeURIComponent(object[2])}`, url, response);
  fail(response, 404, 'no such route');
}

/** Stores a multipart upload: the object's metadata as JSON, then its bytes. */
function store(
  state: ScriptedStorage,
  bucket: string,
  url: URL,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const boundary = /boundary="?([^";]+)/.exec(request.headers['content-type'] ?? '')?.[1];
  const [metadata, bytes] = partsOf(body, boundary ?? 'only multipart uploads have one');
  const { name = url.searchParams.get('name') } = z
    .object({ name: z.string().optional() })
    .parse(JSON.parse(String(metadata)));
  const key = `${bucket}/${name}`;
  const generation = state.objects.get(key)?.generation ?? 0;
  const wanted = url.searchParams.get('ifGenerationMatch');
  if (wanted !== null && Number(wanted) !== generation) {
    fail(response, 412, 'conditionNotMet');
    return;
  }
  state.objects.set(key, { bytes: bytes ?? Buffer.alloc(0), generation: Date.now() * 1000 + state.objects.size });
  sendJson(response, 200, describe(state, key));
}

/** Creates an object as the XML API does. The signed headers bind its size and that it is new. */
function putSigned(
  state: ScriptedStorage,
  request: IncomingMessage,
  url: URL,
  bytes: Buffer,
  response: ServerResponse,
): void {
  const key = `${hostOf(request).split('.')[0]}${decodeURIComponent(url.pathname)}`;
  const [least, most] = String(request.headers['x-goog-content-length-range']).split(',').map(Number);
  if (!isSigned(state, request, url)) fail(response, 403, 'SignatureDoesNotMatch');
  else if (bytes.length < Number(least) || bytes.length > Number(most)) fail(response, 400, 'EntityTooLarge');
  else if (request.headers['x-goog-if-generation-match'] === '0' && state.objects.has(key))
    fail(response, 412, 'PreconditionFailed');
  else {
    state.objects.set(key, { bytes, generation: Date.now() * 1000 + state.objects.size });
    response.writeHead(200).end();
  }
}

/** The host of the signed address names the bucket and cannot be reached, so the test sends it in a header. */
function hostOf(request: IncomingMessage): string {
  return String(request.headers['x-test-host']);
}

/** Returns whether the signature (V4) covers the method, host, path, query and named headers of the request. */
function isSigned({ signer }: ScriptedStorage, request: IncomingMessage, { pathname, searchParams }: URL): boolean {
  const field = (name: string) => searchParams.get(`X-Goog-${name}`) ?? '';
  const query = [...searchParams].filter(([name]) => name !== 'X-Goog-Signature').sort(([a], [b]) => (a < b ? -1 : 1));
  const named = field('SignedHeaders').split(';');
  const headers = named.map((name) => `${name}:${name === 'host' ? hostOf(request) : request.headers[name]}\n`);
  const canonical = [
    request.method,
    pathname,
    query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
    headers.join(''),
    named.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const scope = field('Credential').replace(/^[^/]*\//, '');
  const signed = Buffer.from(['GOOG4-RSA-SHA256', field('Date'), scope, hash].join('\n'));
  return signer !== undefined && verify('sha256', signed, signer, Buffer.from(field('Signature'), 'hex'));
}

function partsOf(body: Buffer, boundary: string): Buffer[] {
  const marker = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let start = body.indexOf(marker);
  for (let end = body.indexOf(marker, start + 1); end > 0; end = body.indexOf(marker, start + 1)) {
    const part = body.subarray(start + marker.length + 2, end - 2);
    parts.push(part.subarray(part.indexOf('\r\n\r\n') + 4));
    start = end;
  }
  return parts;
}

function listObjects(state: ScriptedStorage, bucket: string, prefix: string, response: ServerResponse): void {
  const keys = [...state.objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`));
  sendJson(response, 200, { kind: 'storage#objects', items: keys.map((key) => describe(state, key)) });
}

function serveObject(
  state: ScriptedStorage,
  method: string | undefined,
  key: string,
  url: URL,
  response: ServerResponse,
): void {
  const object = state.objects.get(key);
  if (object === undefined) {
    fail(response, 404, 'No such object');
  } else if (method === 'DELETE') {
    state.objects.delete(key);
    response.writeHead(204).end();
  } else if (url.searchParams.get('alt') === 'media') {
    const bytes = Buffer.from(object.bytes);
    const hash = checksumOf(bytes);
    if (state.corruptDownloads) bytes[0] = (bytes[0] ?? 0) ^ 1;
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': bytes.length,
      'x-goog-hash': `crc32c=${hash}`,
      // Without this header the client does not verify the checksum.
      'x-goog-stored-content-encoding': 'identity',
      'x-goog-generation': object.generation,
    });
    response.end(bytes);
  } else {
    sendJson(response, 200, describe(state, key));
  }
}

function describe(state: ScriptedStorage, key: string): object {
  const { bytes, generation } = state.objects.get(key) ?? { bytes: Buffer.alloc(0), generation: 0 };
  const [bucket = '', ...name] = key.split('/');
  return {
    kind: 'storage#object',
    bucket,
    name: name.join('/'),
    generation: String(generation),
    size: String(bytes.length),
    crc32c: checksumOf(bytes),
    md5Hash: createHash('md5').update(bytes).digest('base64'),
  };
}

function fail(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, { error: { code, message, errors: [{ reason: message, message }] } });
}

/** Returns the checksum as Cloud Storage writes it: four bytes in base64. */
function checksumOf(bytes: Buffer): string {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(crc32c(bytes));
  return out.toString('base64');
}
