import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { environment } from '../../functions/platform/environment.ts';
import type { ServeElsewhere } from '../../functions/platform/http/listener.ts';
import { cacheControlOf, headersWithBucket, PAGE_CACHE, SERVICE_PATHS } from '../../web/headers.ts';
import { acceptedEncoding, type ConsoleFile, readConsoleFiles } from './console-files.ts';

/** The built web console, as the local gateway serves it. */
export interface Console {
  serve: ServeElsewhere;
  /** Says why there is no build yet. The page shows it until the folder has a build. */
  explain(state: ConsoleState): void;
}

export type ConsoleState = { kind: 'building' } | { kind: 'failed'; reason: string };

/**
 * Serves the build in a folder: its files, and its page for every other path that a browser navigates to. Reads the
 * files again when the page has changed on disk, at most once a second. Keeps the files of the build before, because
 * open pages load them.
 */
export function openConsole(folder: string): Console {
  let state: ConsoleState = { kind: 'building' };
  const current = currentFiles(folder);
  return {
    serve: (request, response, path) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return false;
      if (isServicePath(path)) return false;
      const files = current();
      const file = files?.get(path) ?? (isPagePath(request, path) ? files?.get('/index.html') : undefined);
      if (file !== undefined) writeFile(request, response, file, cacheControlOf(path));
      else if (files === undefined && isPagePath(request, path)) writeNotice(request, response, state);
      else return false;
      return true;
    },
    explain: (next) => {
      state = next;
    },
  };
}

const HEADERS = headersWithBucket(environment.STORAGE_BUCKET);
const LOOK_AGAIN_MS = 1_000;

function currentFiles(folder: string): () => Map<string, ConsoleFile> | undefined {
  let files: Map<string, ConsoleFile> | undefined;
  let build: Map<string, ConsoleFile> | undefined;
  let [version, lookedAt] = ['', Number.NEGATIVE_INFINITY];
  return () => {
    const now = performance.now();
    if (files !== undefined && now - lookedAt < LOOK_AGAIN_MS) return files;
    lookedAt = now;
    try {
      const found = versionOf(folder);
      if (found === undefined || found === version) return files;
      const next = readConsoleFiles(folder);
      const kept = [...(build ?? [])].filter(([path]) => path.startsWith('/assets/'));
      files = new Map([...kept, ...next]);
      build = next;
      version = found;
    } catch {
      // Another process is replacing the build. The next request looks again.
    }
    return files;
  };
}

function versionOf(folder: string): string | undefined {
  const stats = statSync(join(folder, 'index.html'), { throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
}

function isServicePath(path: string): boolean {
  return SERVICE_PATHS.includes(path.split('/', 2)[1] ?? '');
}

/**
 * Returns whether a browser navigates to a path that may be a room of the console. No room has an empty segment, a
 * segment that begins with a dot, or a file below `assets/`.
 */
function isPagePath(request: IncomingMessage, path: string): boolean {
  if (path === '/') return true;
  if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return false;
  return /^(\/[^/.][^/]*)+\/?$/.test(path) && path !== '/assets' && !path.startsWith('/assets/');
}

function writeFile(request: IncomingMessage, response: ServerResponse, file: ConsoleFile, cacheControl: string): void {
  const { bytes, encoding, etag } = file.encoded(acceptedEncoding(request.headers['accept-encoding']?.toString()));
  const headers = { ...HEADERS, 'Cache-Control': cacheControl, ETag: etag, Vary: 'Accept-Encoding' };
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'Content-Type': file.type,
    'Content-Length': bytes.length,
    ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Writes a page that says why there is no console. It loads itself again, without a script, until there is one. */
function writeNotice(request: IncomingMessage, response: ServerResponse, state: ConsoleState): void {
  const text =
    state.kind === 'building'
      ? '<h1>Building the console …</h1><p>This takes a few seconds, once. The page opens by itself.</p>'
      : `<h1>The console is not built</h1><pre>${escapeHtml(state.reason)}</pre><p>The API works: <a href="/docs">its reference</a>.</p>`;
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>ApexFlow</title><body>${text}</body></html>`;
  response.writeHead(503, {
    ...HEADERS,
    'Cache-Control': PAGE_CACHE,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    Refresh: state.kind === 'building' ? '1' : '5',
  });
  response.end(request.method === 'HEAD' ? undefined : page);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
