import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import createClient from 'openapi-fetch';
import type { paths } from '../web/api/api.generated.d.ts';

/**
 * `npm run import -- --file conversations.json --file memory.json` imports files of ApexAurum or ApexFlow through the
 * API. It looks at the files and the rights of the key, sends the files, prints the progress, and what of them was not
 * imported as it is. With `--dry-run` nothing is written but the report. Ctrl+C leaves the import to the server.
 */

const USAGE = `npm run import -- --file <path> [--file <path> …] [--dry-run] [--url <address>] [--key <API key>]
  --url  or APEXFLOW_URL; the default is http://localhost:8080
  --key  or APEXFLOW_KEY: an API key with the scopes documents:write, memory:read and memory:write
         (Settings, API keys)`;

const POLL_MS = 500;
/** How long a server may be away, such as for a restart, before the command leaves the import to it. */
const PATIENCE_MS = 60_000;
/** Lines that are printed of one reason. */
const MOST_ALIKE = 5;

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
  const values = parse(args);
  const key = values.key ?? env.APEXFLOW_KEY;
  if (values.file.length === 0 || key === undefined) throw new Error(USAGE);
  const url = (values.url ?? env.APEXFLOW_URL ?? 'http://localhost:8080').replace(/\/$/, '');
  return { files: values.file, dryRun: values['dry-run'], url, key };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        file: { type: 'string', multiple: true, default: [] },
        'dry-run': { type: 'boolean', default: false },
        url: { type: 'string' },
        key: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${reasonOf(error)}\n${USAGE}`);
  }
}

/**
 * Imports files and prints lines. Returns whether the import has completed without a failed item.
 * @throws Error that names the import once it has begun: it goes on without the command
 */
export async function importFiles(
  options: ImportOptions,
  print: (line: string) => void,
  patienceMs = PATIENCE_MS,
): Promise<boolean> {
  const { files, dryRun, url, key } = options;
  const client = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
  for (const path of files)
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new Error(`There is no file ${path}.`);
  await requireRights(client);
  const uploads: string[] = [];
  for (const path of files) {
    print(`sending ${path}`);
    uploads.push(await send(client, options, path));
  }
  const started = resultOf(await client.POST('/api/v1/imports', { body: { uploads, dry_run: dryRun } }));
  print(`the import ${started.id} has begun`);
  const report = `${url}/settings/import?id=${started.id}`;
  try {
    const ended = await follow(client, started, print, patienceMs);
    for (const { kind, outcome, items } of ended.counts) print(`  ${kind.padEnd(14)}${outcome.padEnd(14)}${items}`);
    await printReasons(client, ended, print);
    print(dryRun ? 'Nothing was written. Leave out --dry-run to import.' : `The report is at ${report}`);
    return ended.status === 'completed' && !ended.counts.some(({ outcome }) => outcome === 'failed');
  } catch (error) {
    throw new Error(`${reasonOf(error)}\nThe server goes on with the import ${started.id}. Its report: ${report}`);
  }
}

/** Asks for the rights before anything is sent: an import of nothing is refused with 422 when the key may import. */
async function requireRights(client: Client): Promise<void> {
  resultOf(await client.GET('/api/v1/imports', { params: { query: { limit: 1 } } }));
  const nothing = await client.POST('/api/v1/imports', { body: { uploads: [], dry_run: true } });
  if (nothing.response.status !== 422) resultOf(nothing);
}

/** Prints the progress and returns the end. A server that does not answer is asked again. */
async function follow(
  client: Client,
  started: Import,
  print: (line: string) => void,
  patienceMs: number,
): Promise<Import> {
  let [found, before, answeredAt] = [started, '', performance.now()];
  for (;;) {
    const line = progressOf(found);
    if (line !== before) print(line);
    before = line;
    if (found.status !== 'pending' && found.status !== 'running') return found;
    await sleep(POLL_MS);
    try {
      const answer = await client.GET('/api/v1/imports/{id}', { params: { path: { id: started.id } } });
      if (answer.response.status >= 500) throw new TypeError(`The server answers ${answer.response.status}.`);
      [found, answeredAt] = [resultOf(answer), performance.now()];
    } catch (error) {
      // What fetch throws when there is no answer.
      if (!(error instanceof TypeError) || performance.now() - answeredAt > patienceMs) throw error;
    }
  }
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

/**
 * Prints the items that have a reason, without control characters: their titles are a stranger's. Of many items with
 * the same reason the first are printed.
 */
async function printReasons(client: Client, { id, files }: Import, print: (line: string) => void): Promise<void> {
  const alike = new Map<string, number>();
  for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const page = resultOf(await client.GET('/api/v1/imports/{id}/items', { params: { path: { id }, query } }));
    for (const { file, item, kind, title, source_id: source, outcome, reason } of page.items) {
      if (reason === null || outcome === 'unchanged') continue;
      const why = `${outcome}: ${shown(reason)}`;
      const number = (alike.get(`${kind} ${why}`) ?? 0) + 1;
      alike.set(`${kind} ${why}`, number);
      if (number > MOST_ALIKE) continue;
      print(`  ${shown(files[file]?.filename ?? '')}, item ${item + 1}: ${kind} ${shown(title || source)} ${why}`);
    }
    cursor = page.next_cursor ?? undefined;
  }
  for (const [why, number] of alike) if (number > MOST_ALIKE) print(`  … and ${number - MOST_ALIKE} more ${why}`);
}

const shown = (text: string) => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 300);

function resultOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data !== undefined) return answer.data;
  const { detail } = (answer.error ?? {}) as { detail?: string }; // Errors are problem+json.
  throw new Error(`${answer.response.status} ${new URL(answer.response.url).pathname}: ${detail ?? 'no answer'}`);
}

/** Returns what was wrong; of a request without an answer also why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

if (import.meta.main) {
  try {
    const isWhole = await importFiles(readOptions(process.argv.slice(2), process.env), console.log);
    process.exitCode = isWhole ? 0 : 1;
  } catch (error) {
    console.error(reasonOf(error));
    process.exitCode = 2;
  }
}
