import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';

/**
 * A server that speaks Cloud Storage's JSON API as far as our adapter uses it: multipart upload with a precondition and checksums, download, list,
 * delete. The real client talks to it.
 */
export interface ScriptedStorage {
  endpoint: string;
  /** By `bucket/name`. */
  objects: Map<string, StoredObject>;
  /** `METHOD path` of each request. */
  requests: string[];
  /** Next downloads send other bytes than their checksum says. */
  corruptDownloads: boolean;
  /** Next requests are answered with this status. */
  failWith: number | undefined;
  close(): Promise<void>;
}

interface StoredObject {
  bytes: Buffer;
  generation: number;
}

export async function startScriptedStorage(): Promise<ScriptedStorage> {
  const server = createServer(
    { keepAliveTimeout: 620_000 },
    (request, response) => void answer(state, request, response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens at no port');
  const state: ScriptedStorage = {
    endpoint: `http://127.0.0.1:${address.port}`,
    objects: new Map(),
    requests: [],
    corruptDownloads: false,
    failWith: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return state;
}

async function answer(state: ScriptedStorage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://localhost');
  state.requests.push(`${request.method} ${url.pathname}`);
  if (state.failWith !== undefined) return fail(response, state.failWith, 'scripted');
  const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname);
  const list = /^\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname);
  const object = /^(?:\/download)?\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/.exec(url.pathname);
  if (upload?.[1]) return store(state, upload[1], url, request, Buffer.concat(chunks), response);
  if (list?.[1]) return listObjects(state, list[1], url.searchParams.get('prefix') ?? '', response);
  if (object?.[1] && object[2])
    return serveObject(state, request.method, `${object[1]}/${decodeURIComponent(object[2])}`, url, response);
  fail(response, 404, 'no such route');
}

/** A multipart upload: the object's metadata as JSON, then its bytes. */
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
    const hash = crc32c(bytes);
    if (state.corruptDownloads) bytes[0] = (bytes[0] ?? 0) ^ 1;
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': bytes.length,
      'x-goog-hash': `crc32c=${hash}`,
      // Without it the client does not check.
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
    crc32c: crc32c(bytes),
    md5Hash: createHash('md5').update(bytes).digest('base64'),
  };
}

function fail(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, { error: { code, message, errors: [{ reason: message, message }] } });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Castagnoli's polynomial, which Cloud Storage uses and Node does not have. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

function crc32c(bytes: Buffer): string {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  const out = Buffer.alloc(4);
  out.writeUInt32BE((value ^ 0xffffffff) >>> 0);
  return out.toString('base64');
}
