import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';

/**
 * `node scripts/cold-start-check.ts` starts every function from `dist/` as Cloud Run does, one after the other, and
 * waits until it is healthy. Fails when a function does not start: an import is missing in the image, or the start
 * needs a database. Prints the milliseconds of each start, which show a function that imports too much.
 */

interface ColdStart {
  name: string;
  milliseconds: number;
}

const ROOT = join(import.meta.dirname, '..');
/** A function that is not healthy after this time is broken. */
const TIMEOUT_MS = 20_000;

/** The environment of Cloud Run, with a database that cannot be reached. */
const CLOUD = {
  K_SERVICE: 'cold-start-check',
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  FIREBASE_PROJECT_ID: 'cold-start-check',
  GOOGLE_CLOUD_PROJECT: 'cold-start-check',
  FUNCTION_URL: 'https://{name}.invalid',
  TASKS_INVOKER: 'nobody@cold-start-check.invalid',
  CURSOR_SECRET: 'cold-start-check',
};

/**
 * Starts each function once.
 * @throws Error with the name and the output of the first function that does not start
 */
export async function checkColdStarts(environment: Record<string, string> = {}): Promise<ColdStart[]> {
  const starts: ColdStart[] = [];
  for (const source of deployedFiles()) {
    const [, , domain = '', , file = ''] = source.split('/');
    starts.push(await startOnce(source, `${domain}-${basename(file, '.js')}`, environment));
  }
  return starts;
}

function deployedFiles(): string[] {
  return readdirSync(join(ROOT, 'dist/functions'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/]+\/(endpoints|sockets|steps|timers)\/[^/]+\.js$/.test(path))
    .map((path) => `dist/functions/${path}`)
    .sort();
}

async function startOnce(source: string, name: string, environment: Record<string, string>): Promise<ColdStart> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, ['dist/functions/platform/serve.js'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      ...CLOUD,
      ...environment,
      FUNCTION_SOURCE: source,
      FUNCTION_TARGET: name,
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  try {
    await untilHealthy(port, child, began);
    return { name, milliseconds: Math.round(performance.now() - began) };
  } catch (error) {
    throw new Error(`${name} does not start: ${error instanceof Error ? error.message : error}\n${output.join('')}`);
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

async function untilHealthy(port: number, child: ChildProcess, began: number): Promise<void> {
  while (performance.now() - began < TIMEOUT_MS) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if ((await statusOf(`http://127.0.0.1:${port}/health`)) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  throw new Error(`it was not healthy within ${TIMEOUT_MS} ms`);
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    probe.once('error', () => resolve(undefined));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}

if (import.meta.main) {
  const starts = await checkColdStarts(
    process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {},
  );
  for (const { name, milliseconds } of starts) console.log(`${String(milliseconds).padStart(5)} ms  ${name}`);
  const sorted = starts.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  console.log(
    `${starts.length} functions, median ${sorted[Math.floor(sorted.length / 2)]} ms, slowest ${sorted.at(-1)} ms`,
  );
  if (starts.length === 0) process.exitCode = 1;
}
