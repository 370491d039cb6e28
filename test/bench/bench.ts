import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBacklog } from './backlog/backlog.ts';
import { measureChain, measureDistantChain } from './chain/chain.ts';
import { measureFirstToken } from './chat/first-token.ts';
import { measureColdStarts } from './cold-start/cold-start.ts';
import { measureConvergence } from './convergence/convergence.ts';
import { measureLabelled } from './convergence/labelled.ts';
import { createBenchDatabase } from './database.ts';
import { measureGraph } from './graph/graph.ts';
import { measureImport } from './imports/measure-import.ts';
import { installPeers } from './install-peers.ts';
import { measureLoad } from './load/load.ts';
import { describeMachine } from './machine.ts';
import { measureRealtime } from './realtime/realtime.ts';
import { type Report, tableOf } from './report.ts';
import { measureRequests } from './requests/requests.ts';
import { readSettings, type Settings } from './settings.ts';

/**
 * `npm run bench` compares the product with minimal programs and with other products for the same work. It prints
 * ratios of measurements from the same minute on the same machine. Takes about 20 minutes. Options: `-- --only
 * chain|distance|backlog|graph|requests|load|realtime|chat|import|coldstart|convergence`, `--seconds`, `--rounds`,
 * `--no-peers`, `--backlog <steps>`, `--json`.
 */

async function measure(settings: Settings): Promise<Report> {
  const home = mkdtempSync(join(tmpdir(), 'apexflow-bench-'));
  const report: Report = {
    machine: await describeMachine(settings.databaseUrl),
    seconds: settings.seconds,
    rounds: settings.rounds,
  };
  try {
    if (settings.parts.includes('convergence')) report.labelled = await measureLabelled();
    if (settings.parts.includes('coldstart')) report.coldstart = await measureColdStarts(home);
    return { ...report, ...(await measureOnDatabase(settings, home)) };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function measureOnDatabase(settings: Settings, home: string): Promise<Partial<Report>> {
  const wanted = settings.parts.filter((part) => part !== 'coldstart');
  // The embedded database needs no server.
  if (settings.databaseUrl === undefined && wanted.includes('load'))
    return { load: await measureLoad(undefined, settings, home) };
  if (wanted.length === 0) return {};
  if (settings.databaseUrl === undefined) {
    console.error(
      `Not measured: ${wanted.join(' and ')}. Set DATABASE_URL to a PostgreSQL 15 with pgvector; the benchmark creates its own database there.`,
    );
    return {};
  }
  if (settings.peers && (wanted.includes('chain') || wanted.includes('distance'))) installPeers();
  const database = await createBenchDatabase(settings.databaseUrl);
  try {
    return {
      ...(wanted.includes('chain') ? { chain: await measureChain(database, settings, home) } : {}),
      ...(wanted.includes('distance') ? { distance: await measureDistantChain(database, settings, home) } : {}),
      ...(wanted.includes('backlog') ? { backlog: await measureBacklog(database, settings, home) } : {}),
      ...(wanted.includes('graph') ? { graph: await measureGraphAlone(settings.databaseUrl, settings, home) } : {}),
      ...(wanted.includes('load') ? { load: await measureLoad(database, settings, home) } : {}),
      ...(wanted.includes('realtime') ? { realtime: await measureRealtime(database, settings, home) } : {}),
      ...(wanted.includes('chat') ? { chat: await measureFirstToken(database, home) } : {}),
      ...(wanted.includes('convergence') ? { convergence: await measureConvergence(database, home) } : {}),
      ...(wanted.includes('import') ? { import: await measureImport(database, home) } : {}),
      ...(wanted.includes('requests') ? { requests: await measureRequests(database, settings, home) } : {}),
    };
  } finally {
    await database.drop();
  }
}

/** Measures the graph on its own database. On the other one the server would continue unfinished chains. */
async function measureGraphAlone(serverUrl: string, settings: Settings, home: string) {
  const database = await createBenchDatabase(serverUrl);
  try {
    return await measureGraph(database, settings, home);
  } finally {
    await database.drop();
  }
}

try {
  const settings = readSettings(process.argv.slice(2), process.env);
  const report = await measure(settings);
  console.log(settings.json ? JSON.stringify(report, undefined, 2) : tableOf(report));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
