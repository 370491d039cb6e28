import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBenchDatabase } from '../database.ts';
import { describeMachine } from '../machine.ts';

/**
 * `DATABASE_URL=… node test/bench/subjects/subjects-bench.ts [subjects]` fills one application with many subjects
 * (default 10,000), sends 100 sessions and asks 100 searches at once, walks 1,000 subjects for leaks, and erases one.
 * Prints the figures as JSON; exit 1 when a promise is broken.
 */
async function main(): Promise<void> {
  const serverUrl = process.env.DATABASE_URL;
  if (!serverUrl) throw new Error('DATABASE_URL is missing: set it to a PostgreSQL server');
  const home = mkdtempSync(join(tmpdir(), 'apexflow-bench-subjects-'));
  const database = await createBenchDatabase(serverUrl);
  try {
    // Set before the product is imported, because it reads its environment once.
    Object.assign(process.env, {
      APEXFLOW_HOME: home,
      DATABASE_URL: database.url,
      GIT_HOSTS: 'localhost:9',
      LOG_LEVEL: 'error',
      RATE_LIMIT_PER_MINUTE: '1000000',
    });
    const { startServer } = await import('../../support/server.ts');
    const { measureSubjects } = await import('./measure-subjects.ts');
    const server = await startServer();
    const subjects = Number(process.argv[2] ?? 10_000);
    const result = await measureSubjects(server, { subjects, atOnce: 100, walked: 1000, searches: 500 });
    await server.close();
    console.log(JSON.stringify({ machine: await describeMachine(serverUrl), ...result }, undefined, 2));
    if (result.faults.length > 0) process.exitCode = 1;
  } finally {
    await database.drop();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error : String(error));
  process.exitCode = 1;
}
// Does not wait for idle connections and timers of the product's queue.
process.exit();
