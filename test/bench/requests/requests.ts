import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../../support/free-port.ts';
import type { BenchDatabase } from '../database.ts';
import { median, ratioOf, rounded } from '../figures.ts';
import { type Peer, type StartedServer, startPeer, startServer } from '../peer.ts';
import type { Settings } from '../settings.ts';
import { LoadFigures } from './load-figures.ts';

/** Measures requests per second of a signed-in read by primary key, compared with servers that only read the row. */

export const REQUESTS_AIM = 0.5;
export const CONNECTIONS = 50;
const POOL_SIZE = 5;

const NAMES = ['product', 'bare', 'framework'] as const;
type Name = (typeof NAMES)[number];
type Server = StartedServer & { url: string };

export type RequestsResult = Awaited<ReturnType<typeof measureRequests>>;

export async function measureRequests(database: BenchDatabase, settings: Settings, home: string) {
  const environment = {
    DATABASE_URL: database.url,
    DB_POOL_MAX: String(POOL_SIZE),
    APEXFLOW_HOME: home,
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    RATE_LIMIT_PER_MINUTE: '1000000',
  };
  const token = await signIn(environment);
  const load = await startPeer(new URL('load.ts', import.meta.url), environment);
  const servers: { name: Name; server: Server }[] = [];
  try {
    for (const name of NAMES) servers.push({ name, server: await startNamed(name, environment) });
    return summarise(await measureRounds(load, servers, token, settings));
  } finally {
    await Promise.all([load.stop(), ...servers.map(({ server }) => server.stop())]);
  }
}

async function signIn(environment: Record<string, string>): Promise<string> {
  const peer = await startPeer(new URL('sign-in.ts', import.meta.url), environment);
  const { token } = await peer.measure({}, z.object({ token: z.string() }));
  await peer.stop();
  return token;
}

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a server. The product uses its start file and serves one function, as deployed. */
async function startNamed(name: Name, environment: Record<string, string>): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const framework = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const starts: Record<Name, { args: string[]; environment: Record<string, string>; probe: string }> = {
    product: {
      args: [fileBeside('../../../functions/platform/serve.ts')],
      environment: { FUNCTION_SOURCE: fileBeside('read-person.ts'), FUNCTION_TARGET: 'bench-read-person' },
      probe: '/health',
    },
    bare: { args: [fileBeside('bare.ts')], environment: {}, probe: '/1' },
    framework: {
      args: [framework.replace('index.js', 'main.js'), '--target=readPerson', `--source=${fileBeside('framework.ts')}`],
      environment: {},
      probe: '/1',
    },
  };
  const { args, environment: own, probe } = starts[name];
  const server = await startServer(args, { ...environment, ...own, PORT: String(port) }, `${url}${probe}`);
  return { ...server, url };
}

type Rounds = Record<Name, (LoadFigures & { cpu_us_per_request: number })[]>;

async function measureRounds(
  load: Peer,
  servers: readonly { name: Name; server: Server }[],
  token: string,
  { seconds, rounds }: Settings,
): Promise<Rounds> {
  const measured: Rounds = { product: [], bare: [], framework: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, server } of servers) {
      // The first round is a warm-up. autocannon accepts only whole seconds.
      const order = {
        url: server.url,
        token,
        seconds: round === 0 ? 1 : Math.max(1, Math.round(seconds)),
        connections: CONNECTIONS,
      };
      const cpuBefore = server.cpu();
      const figures = await load.measure(order, LoadFigures);
      const cpu = server.cpu() - cpuBefore;
      const requests = figures.requests_per_second * order.seconds;
      if (round > 0) measured[name].push({ ...figures, cpu_us_per_request: rounded((cpu * 1000) / requests, 0) });
    }
  }
  return measured;
}

function summarise(measured: Rounds) {
  const speeds = (name: Name) => measured[name].map((figures) => figures.requests_per_second);
  const medianOf = (name: Name) => ({
    requests_per_second: median(speeds(name)),
    cpu_us_per_request: median(measured[name].map((figures) => figures.cpu_us_per_request)),
    p50_ms: median(measured[name].map((figures) => figures.p50_ms)),
    p99_ms: median(measured[name].map((figures) => figures.p99_ms)),
  });
  return {
    aim: REQUESTS_AIM,
    ratio: rounded(ratioOf(speeds('product'), speeds('bare')), 2),
    ratio_to_framework: rounded(ratioOf(speeds('product'), speeds('framework')), 2),
    product: medianOf('product'),
    bare: medianOf('bare'),
    framework: medianOf('framework'),
  };
}
