import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run faults` plays thousands of small runs with all kinds of faults, compares every run with a fault-free run,
 * and prints a table for each setting. Exits with 1 when a promise is broken. It starts and restarts its own PostgreSQL
 * server. When PostgreSQL is not installed, it uses `DATABASE_URL` and does not restart the server.
 *
 *     npm run faults -- --runs 2000 --production-runs 150 --minutes 15 --seed 1 --workers 4
 *       --cancelled 0.15 --setting laptop|production|both [--statements]
 */

// The environment must be set before the first module of the product is loaded.
const home = mkdtempSync(join(tmpdir(), 'apexflow-faults-home-'));
process.env.APEXFLOW_HOME = home;
process.env.METADATA_SERVER_DETECTION = 'none';
process.env.LOG_LEVEL ??= 'error';
for (const name of Object.keys(process.env))
  if (
    /^(K_SERVICE|DEFAULT_MODEL|STORAGE_BUCKET|FUNCTION_|TASKS_|ALLOYDB_|FIREBASE_|GEMINI_|GOOGLE_|ANTHROPIC_|OPENAI_|GCLOUD_)/.test(
      name,
    )
  )
    delete process.env[name];

const { settingsOf } = await import('./settings.ts');
const { runSetting, runEveryStatement } = await import('./run-setting.ts');
const { brokenPromises, tableOf } = await import('./table.ts');

const { settings, isEveryStatement } = settingsOf(process.argv.slice(2));
let isBroken = false;
if (isEveryStatement) {
  const { text, broken } = await runEveryStatement();
  console.log(text);
  for (const line of broken) console.log(`BROKEN ${line}`);
  isBroken ||= broken.length > 0;
}
for (const setting of isEveryStatement ? [] : settings) {
  const result = await runSetting(setting);
  console.log(`\n${tableOf(result)}`);
  const broken = brokenPromises(result);
  for (const line of broken) console.log(`BROKEN ${line.slice(0, 2_000)}`);
  isBroken ||= broken.length > 0;
}
rmSync(home, { recursive: true, force: true, maxRetries: 3 });
process.exit(isBroken ? 1 : 0);
