import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run faults`: thousands of small runs while everything goes wrong at once, then every run compared with one that nothing disturbed, and one table a
 * setting. It ends with 1 when a promise was broken. Its PostgreSQL is its own, so that it can be restarted; without PostgreSQL's programs it takes
 * `DATABASE_URL` and does not restart it.
 *
 * npm run faults -- --runs 2000 --production-runs 150 --minutes 15 --seed 1 --workers 4 --setting laptop|production|both [--statements]
 */

// The environment is read when the first module of the product is loaded.
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
  const shown = await runSetting(setting);
  console.log(`\n${tableOf(shown)}`);
  const broken = brokenPromises(shown);
  for (const line of broken) console.log(`BROKEN ${line.slice(0, 2_000)}`);
  isBroken ||= broken.length > 0;
}
rmSync(home, { recursive: true, force: true, maxRetries: 3 });
process.exit(isBroken ? 1 : 0);
