import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, inject, vi } from 'vitest';
import { createTestDatabase } from './database.ts';
import { checkLoggedErrors, noteLoggedError } from './setup-log.ts';
import { checkNetwork, closeNetwork } from './setup-network.ts';

/**
 * Runs before each test file. Gives the file its own home, environment and (unless it is a unit test) database, closes
 * the network, and fails a test that logs an unannounced error. Sets the environment before any module reads it.
 *
 * Files share processes, because a new process for each file costs up to 1.2 s of CPU time for loading libraries. At
 * the end of a file its changes are undone, and the next file loads the modules of this project again, so that no state
 * is shared between files.
 */

const variables = { ...process.env };

/** Variables of a developer's shell that no test may use, such as keys of real models. */
const FOREIGN =
  /^(K_SERVICE|DEFAULT_MODEL|STORAGE_BUCKET|FUNCTION_|TASKS_|ALLOYDB_|FIREBASE_(?!EMULATOR_TESTS)|GEMINI_|GOOGLE_|ANTHROPIC_|OPENAI_|QWEN_|BRAVE_|GCLOUD_)/;
for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];

const home = mkdtempSync(join(tmpdir(), 'apexflow-test-'));
process.env.APEXFLOW_HOME = home;
process.env.METADATA_SERVER_DETECTION = 'none';
process.env.LOG_LEVEL ??= 'error';
const removeDatabase = await createTestDatabase(inject('databaseTemplate'), home);
const openNetwork = closeNetwork(process.env.DATABASE_URL ? [new URL(process.env.DATABASE_URL).hostname] : []);

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
  openNetwork();
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
  vi.resetModules();
  checkLoggedErrors();
  checkNetwork();
});
