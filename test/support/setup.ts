import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, inject } from 'vitest';
import { createTestDatabase } from './database.ts';
import { checkLoggedErrors, noteLoggedError } from './setup-log.ts';
import { checkNetwork, closeNetwork } from './setup-network.ts';

/**
 * Runs before each test file, in its process: a home, a database and an environment of its own, no network, and no unannounced error line. The
 * environment is set before anything imports it.
 */

/** What a developer's shell may carry and no test may use: real models, real projects. */
const FOREIGN =
  /^(K_SERVICE|DEFAULT_MODEL|STORAGE_BUCKET|FUNCTION_|TASKS_|ALLOYDB_|FIREBASE_(?!EMULATOR_TESTS)|GEMINI_|GOOGLE_|ANTHROPIC_|OPENAI_|BRAVE_|GCLOUD_)/;
for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];

const home = mkdtempSync(join(tmpdir(), 'apexflow-test-'));
process.env.APEXFLOW_HOME = home;
process.env.METADATA_SERVER_DETECTION = 'none';
process.env.LOG_LEVEL ??= 'error';
const removeDatabase = await createTestDatabase(inject('databaseTemplate'), home);
closeNetwork(process.env.DATABASE_URL ? [new URL(process.env.DATABASE_URL).hostname] : []);

const { watchLog } = await import('../../functions/platform/log.ts');
watchLog(({ severity, message, error }) => {
  if (severity === 'error') noteLoggedError(`${message} ${error ?? ''}`);
});

afterEach(() => {
  checkLoggedErrors();
  checkNetwork();
});

afterAll(async () => {
  const { closeDatabase } = await import('../../functions/platform/database/open.ts');
  await closeDatabase();
  await removeDatabase();
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  checkLoggedErrors();
  checkNetwork();
});
