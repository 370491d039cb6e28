import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBenchDatabase } from '../database.ts';
import { describeMachine } from '../machine.ts';
import type { MemoryReport } from './report.ts';
import { readMemorySettings } from './settings.ts';

/**
 * `npm run bench:memory` measures how much of the evidence a search finds, compared with baselines of the same run
 * without neural weights, how long a search takes among many facts, and how many sessions a second are ingested.
 *
 * Options: `-- --data FILE` takes another file in the format of LoCoMo or LongMemEval, or a folder of the data sets;
 * `--only locomo|longmemeval|cranfield|beliefs|languages|scale|way-in`, `--questions N` (per conversation), `--facts
 * N`, `--json`. The search quality runs on the embedded database without DATABASE_URL; `scale` and `way-in` need a
 * PostgreSQL server.
 */
async function main(): Promise<void> {
  const settings = readMemorySettings(process.argv.slice(2));
  const home = mkdtempSync(join(tmpdir(), 'apexflow-bench-memory-'));
  const serverUrl = process.env.DATABASE_URL || undefined;
  const database = serverUrl === undefined ? undefined : await createBenchDatabase(serverUrl);
  try {
    // Set before the product is imported, because it reads its environment once.
    Object.assign(process.env, {
      APEXFLOW_HOME: home,
      DATABASE_URL: database?.url ?? '',
      LOG_LEVEL: 'error',
      RATE_LIMIT_PER_MINUTE: '1000000',
    });
    const { measureMemory } = await import('./measure-memory.ts');
    const { tableOfMemory } = await import('./report.ts');
    const report: MemoryReport = {
      machine: await describeMachine(serverUrl),
      ...(await measureMemory(settings, database)),
    };
    console.log(settings.json ? JSON.stringify(report, undefined, 2) : tableOfMemory(report));
  } finally {
    await database?.drop();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Does not wait for idle connections and timers of the product's queue.
process.exit();
