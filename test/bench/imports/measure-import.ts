import { execFile } from 'node:child_process';
import { openAsBlob, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { writeLargeExport } from '../../imports/large-export.ts';
import { freePort } from '../../support/free-port.ts';
import type { BenchDatabase } from '../database.ts';
import { rounded } from '../figures.ts';
import { startServer } from '../peer.ts';

/**
 * Measures how much memory an import of 50 MB takes, in `npm start` with a heap of 128 MiB, so that V8 does not keep
 * garbage just because there is room: the largest resident memory of the process after 5 MB, after 50 MB, and after
 * 50 MB more of another account, which must add little. The peer is a process that reads the same file with one
 * JSON.parse. The file is imported once more, which must change nothing; then the server is killed in the middle of
 * another account's import and started again.
 */

/** The most mebibytes that 50 MB more may add. */
export const GROWTH_AIM_MIB = 60;
const HEAP = '--max-old-space-size=128';
const SMALL = 5_000_000;
const LARGE = 50_000_000;

export type ImportResult = Awaited<ReturnType<typeof measureImport>>;

export async function measureImport(database: BenchDatabase, home: string) {
  const [small, large] = [join(home, 'small.json'), join(home, 'large.json')];
  await writeLargeExport(small, SMALL);
  const conversations = await writeLargeExport(large, LARGE);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = () =>
    startServer(
      [HEAP, fileURLToPath(new URL('../../../scripts/run-local.ts', import.meta.url))],
      {
        ...{ DATABASE_URL: database.url, APEXFLOW_HOME: home, LISTEN_ADDRESS: '127.0.0.1', PORT: String(port) },
        ...{ CONSOLE: 'off', LOG_LEVEL: 'error', NODE_ENV: 'production', RATE_LIMIT_PER_MINUTE: '100000' },
      },
      `${url}/health`,
    );
  let server = await start();
  try {
    const call = await signUp(url);
    await finished(call, await begin(call, small));
    const small_mib = server.peakMebibytes();
    const startedAt = performance.now();
    await finished(call, await begin(call, large));
    const seconds = (performance.now() - startedAt) / 1000;
    const large_mib = server.peakMebibytes();
    const second = await signUp(url);
    await finished(second, await begin(second, large));
    const peak = server.peakMebibytes();
    const again = await finished(call, await begin(call, large));
    const third = await signUp(url);
    const id = await begin(third, large);
    await reached(third, id, LARGE / 3);
    process.kill(server.pid, 'SIGKILL');
    server = await start();
    const resumed = await finished(third, id);
    const count = (found: z.infer<typeof Import>, outcome: string) =>
      found.counts.filter((line) => line.outcome === outcome).reduce((sum, { items }) => sum + items, 0);
    return {
      aim_mib: GROWTH_AIM_MIB,
      megabytes: rounded(statSync(large).size / 1e6, 1),
      conversations,
      seconds: rounded(seconds, 1),
      conversations_per_second: Math.round(conversations / seconds),
      small_mib: rounded(small_mib, 1),
      large_mib: rounded(large_mib, 1),
      growth_mib: rounded(peak - large_mib, 1),
      json_parse_mib: await growthOfParse(large),
      unchanged: count(again, 'unchanged'),
      after_kill: count(resumed, 'created'),
    };
  } finally {
    await server.stop();
  }
}

type Call = (method: string, path: string, body?: object | Blob) => Promise<unknown>;

async function signUp(url: string): Promise<Call> {
  const ask = async (token: string, method: string, path: string, body?: object | Blob) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || body instanceof Blob ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  const email = `${crypto.randomUUID()}@example.com`;
  const account = { email, password: 'correct-horse-battery', display_name: 'Import' };
  const { access_token: token } = z
    .looseObject({ access_token: z.string() })
    .parse(await ask('', 'POST', '/auth/register', account));
  return (method, path, body) => ask(token, method, path, body);
}

const WithId = z.looseObject({ id: z.string() });
const Import = z.looseObject({
  status: z.string(),
  progress: z.looseObject({ bytes: z.number() }),
  counts: z.array(z.looseObject({ outcome: z.string(), items: z.int() })),
});

async function begin(call: Call, path: string): Promise<string> {
  const body = { filename: 'conversations.json', size: statSync(path).size, purpose: 'import' };
  const { id } = WithId.parse(await call('POST', '/uploads', body));
  await call('PUT', `/uploads/${id}/content`, await openAsBlob(path));
  await call('POST', `/uploads/${id}/finish`);
  return WithId.parse(await call('POST', '/imports', { uploads: [id] })).id;
}

async function reached(call: Call, id: string, bytes: number): Promise<z.infer<typeof Import>> {
  for (;;) {
    const found = Import.parse(await call('GET', `/imports/${id}`));
    const isOver = found.status !== 'pending' && found.status !== 'running';
    if (isOver || found.progress.bytes >= bytes) return found;
    await sleep(50);
  }
}

async function finished(call: Call, id: string): Promise<z.infer<typeof Import>> {
  const found = await reached(call, id, Number.POSITIVE_INFINITY);
  if (found.status !== 'completed') throw new Error(`The import is ${found.status}`);
  return found;
}

/** Returns by how many mebibytes the memory of a process grows that reads the file with one JSON.parse. */
async function growthOfParse(path: string): Promise<number> {
  const program = `const before = process.memoryUsage().rss; const all = JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'));
    console.log((process.resourceUsage().maxRSS / 1024 - before / 2 ** 20) * (all.length > 0))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, path]);
  return rounded(Number(stdout), 1);
}
