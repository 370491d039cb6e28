import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { median, ratioOf, rounded } from '../figures.ts';
import { startServer } from '../peer.ts';

/**
 * Measures the time from process start to the first 200 of every function in `dist/`, and of an empty function of the
 * Functions Framework. Both use the same Node and a filled compile cache, as in the image.
 */

/** The most CPU time of a function, as a ratio to the empty function of the framework. */
export const COLD_START_AIM = 1.3;
/** Measured starts of each function, interleaved. */
const STARTS = 5;
/** Starts of the framework's function in each round. It is measured more often because every ratio depends on it. */
const FRAMEWORK_STARTS = 5;

const ROOT = join(import.meta.dirname, '../../..');
const START_FILE = join(ROOT, 'dist/functions/platform/serve.js');

/** The environment of Cloud Run. The database cannot be reached, because a start must not need it. */
const CLOUD = {
  K_SERVICE: 'bench',
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  FIREBASE_PROJECT_ID: 'bench',
  GOOGLE_CLOUD_PROJECT: 'bench',
  FUNCTION_URL: 'https://{name}.invalid',
  TASKS_INVOKER: 'nobody@bench.invalid',
  CURSOR_SECRET: 'bench',
  // The caller's shell may have set this variable, which is not allowed on Cloud Run.
  APEXFLOW_HOME: '',
};

/** Wall time and CPU time of one start, in milliseconds. */
interface Start {
  clock: number;
  core: number;
}

interface Starter {
  name: string;
  args: string[];
  environment: Record<string, string>;
}

export type ColdStartResult = Awaited<ReturnType<typeof measureColdStarts>>;

/**
 * Measures all functions.
 * @throws Error when `dist/` is missing
 */
export async function measureColdStarts(home: string, starts: number = STARTS) {
  if (!existsSync(START_FILE)) throw new Error('dist/ is missing. Run `npm run build` first.');
  const functions = deployedFunctions();
  const framework = frameworkStarter();
  const peers = [framework, ...functions];
  const measured = new Map(peers.map(({ name }) => [name, [] as Start[]]));
  for (let round = 0; round <= starts; round += 1) {
    for (const peer of peers) {
      const repeats = peer === framework ? FRAMEWORK_STARTS : 1;
      const times: Start[] = [];
      for (let repeat = 0; repeat < repeats; repeat += 1)
        times.push(await startOnce(peer, join(home, 'compile-cache')));
      // The first round fills the compile cache and is not measured.
      if (round > 0) measured.get(peer.name)?.push(middleOf(times));
    }
  }
  return summarise(measured, framework.name);
}

/** Returns a starter for each file in endpoints/, steps/ and timers/. */
function deployedFunctions(): Starter[] {
  return readdirSync(join(ROOT, 'dist/functions'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/]+\/(endpoints|sockets|steps|timers)\/[^/]+\.js$/.test(path))
    .sort()
    .map((path) => {
      const name = `${path.split('/')[0]}-${basename(path, '.js')}`;
      const source = join(ROOT, 'dist/functions', path);
      return { name, args: [START_FILE], environment: { ...CLOUD, FUNCTION_SOURCE: source, FUNCTION_TARGET: name } };
    });
}

function frameworkStarter(): Starter {
  const main = createRequire(import.meta.url)
    .resolve('@google-cloud/functions-framework')
    .replace('index.js', 'main.js');
  const source = fileURLToPath(new URL('empty.mjs', import.meta.url));
  return {
    name: 'functions-framework',
    args: [main, '--target=empty', `--source=${source}`],
    environment: { NODE_ENV: 'production' },
  };
}

async function startOnce({ args, environment }: Starter, compileCache: string): Promise<Start> {
  const port = await freePort();
  const server = await startServer(
    args,
    { ...environment, NODE_COMPILE_CACHE: compileCache, PORT: String(port) },
    `http://127.0.0.1:${port}/health`,
  );
  await server.stop();
  return { clock: server.milliseconds, core: server.cpuMilliseconds };
}

function middleOf(starts: readonly Start[]): Start {
  return { clock: median(starts.map(({ clock }) => clock)), core: median(starts.map(({ core }) => core)) };
}

function summarise(measured: Map<string, Start[]>, framework: string) {
  const peer = measured.get(framework) ?? [];
  const clock = (starts: readonly Start[]) => starts.map((start) => start.clock);
  const core = (starts: readonly Start[]) => starts.map((start) => start.core);
  const functions = [...measured]
    .filter(([name]) => name !== framework)
    .map(([name, starts]) => ({
      name,
      milliseconds: rounded(median(clock(starts)), 1),
      ratio: rounded(ratioOf(clock(starts), clock(peer)), 2),
      cpu_milliseconds: rounded(median(core(starts)), 1),
      cpu_ratio: rounded(ratioOf(core(starts), core(peer)), 2),
    }))
    .sort((one, other) => other.ratio - one.ratio);
  return {
    aim: COLD_START_AIM,
    worst_ratio: functions[0]?.ratio ?? Number.NaN,
    worst_cpu_ratio: Math.max(...functions.map((figures) => figures.cpu_ratio)),
    median_ratio: median(functions.map(({ ratio }) => ratio)),
    framework_ms: rounded(median(clock(peer)), 1),
    framework_cpu_ms: rounded(median(core(peer)), 1),
    functions,
  };
}
