import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import createClient from 'openapi-fetch';
import type { paths } from '../web/api/api.generated.d.ts';

/**
 * `npm run import -- --file conversations.json --file memory.json` imports files of ApexAurum or ApexFlow through the
 * API. It sends the files, prints the progress, and what of them was not imported as it is. With `--dry-run` nothing is
 * written but the report. Ctrl+C leaves the import to the server.
 */

const USAGE = `npm run import -- --file <path> [--file <path> …] [--dry-run] [--url <address>] [--key <API key>]
  --url  or APEXFLOW_URL; the default is http://localhost:8080
  --key  or APEXFLOW_KEY: an API key with the scopes documents:write and memory:write (Settings, API keys)`;

const POLL_MS = 500;

type Client = ReturnType<typeof createClient<paths>>;
type Import = paths['/api/v1/imports/{id}']['get']['responses'][200]['content']['application/json'];

export interface ImportOptions {
  files: readonly string[];
  dryRun: boolean;
  url: string;
  key: string;
}

/** Returns the options of a command line. @throws Error with the usage */
export function readOptions(args: string[], env: Record<string, string | undefined>): ImportOptions {
  const { values } = parseArgs({
    args,
    options: {
      file: { type: 'string', multiple: true, default: [] },
      'dry-run': { type: 'boolean', default: false },
      url: { type: 'string' },
      key: { type: 'string' },
    },
  });
  const key = values.key ?? env.APEXFLOW_KEY;
  if (values.file.length === 0 || key === undefined) throw new Error(USAGE);
  const url = (values.url ?? env.APEXFLOW_URL ?? 'http://localhost:8080').replace(/\/$/, '');
  return { files: values.file, dryRun: values['dry-run'], url, key };
}

/** Imports files and prints lines. Returns whether the import has completed without a failed item. */
export async function importFiles(options: ImportOptions, print: (line: string) => void): Promise<boolean> {
  const { files, dryRun, url, key } = options;
  const client = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
  const uploads: string[] = [];
  for (const path of files) {
    print(`sending ${path}`);
    uploads.push(await send(client, options, path));
  }
  let found = resultOf(await client.POST('/api/v1/imports', { body: { uploads, dry_run: dryRun } }));
  const path = { id: found.id };
  for (let before = ''; ; ) {
    const line = progressOf(found);
    if (line !== before) print(line);
    before = line;
    if (found.status !== 'pending' && found.status !== 'running') break;
    await sleep(POLL_MS);
    found = resultOf(await client.GET('/api/v1/imports/{id}', { params: { path } }));
  }
  for (const { kind, outcome, items } of found.counts) print(`  ${kind.padEnd(14)}${outcome.padEnd(14)}${items}`);
  await printReasons(client, found, print);
  print(dryRun ? 'Nothing was written. Leave out --dry-run to import.' : `The report is at ${url}/settings/import`);
  return found.status === 'completed' && !found.counts.some(({ outcome }) => outcome === 'failed');
}

async function send(client: Client, { url, key }: ImportOptions, path: string): Promise<string> {
  // A file is read from the disk while it is sent.
  const file = await openAsBlob(path);
  const body = { filename: basename(path), size: file.size, purpose: 'import' as const };
  const { id, upload } = resultOf(await client.POST('/api/v1/uploads', { body }));
  // A signed address of the store takes no key.
  const own = upload.url.startsWith('/') ? { authorization: `Bearer ${key}` } : {};
  const headers = { ...upload.headers, ...own };
  const sent = await fetch(new URL(upload.url, url), { method: upload.method, headers, body: file });
  if (!sent.ok) throw new Error(`${path} was refused with ${sent.status}: ${await sent.text()}`);
  resultOf(await client.POST('/api/v1/uploads/{id}/finish', { params: { path: { id } } }));
  return id;
}

function progressOf({ status, progress, error }: Import): string {
  const share = Math.floor((100 * progress.bytes) / Math.max(1, progress.bytes_total));
  return `${status} ${share} %, ${progress.items} items${error === null ? '' : `: ${error}`}`;
}

/** Prints the items that have a reason, without control characters: their titles are a stranger's. */
async function printReasons(client: Client, { id, files }: Import, print: (line: string) => void): Promise<void> {
  for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const page = resultOf(await client.GET('/api/v1/imports/{id}/items', { params: { path: { id }, query } }));
    for (const { file, item, kind, title, source_id: source, outcome, reason } of page.items)
      if (reason !== null && outcome !== 'unchanged')
        print(
          `  ${shown(files[file]?.filename ?? '')}, item ${item + 1}: ${kind} ${shown(title || source)} ${outcome}: ${shown(reason)}`,
        );
    cursor = page.next_cursor ?? undefined;
  }
}

const shown = (text: string) => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 300);

function resultOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data !== undefined) return answer.data;
  const { detail } = (answer.error ?? {}) as { detail?: string }; // Errors are problem+json.
  throw new Error(`${answer.response.status} ${new URL(answer.response.url).pathname}: ${detail ?? 'no answer'}`);
}

if (import.meta.main) {
  try {
    const isWhole = await importFiles(readOptions(process.argv.slice(2), process.env), console.log);
    process.exitCode = isWhole ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}
