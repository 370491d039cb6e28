import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../../infra', file), 'utf8');

/** What the README of infra says about copies of erased data, and what the configuration sets. */
test.each([
  [
    'database.tf',
    /continuous_backup_config \{[^}]*recovery_window_days = 14\n/,
    /continuous backup of AlloyDB +\| 14 days/,
  ],
  ['database.tf', /automated_backup_policy \{\s*enabled = false\n/, /scheduled backups of AlloyDB +\| none/],
  ['storage.tf', /soft_delete_policy \{\s*retention_duration_seconds = 7 \* 24 \* 3600\n/, /Cloud Storage +\| 7 days/],
  ['storage.tf', /versioning \{\s*enabled = false\n/, /no object versions/],
  ['monitoring.tf', /bucket_id += "_Default"\s*retention_days = 30\n/, /request logs[^|]*\| 30 days/],
])('%s sets how long copies of erased data stay, as README.md says', (file, setting, promise) => {
  expect(read(file)).toMatch(setting);
  expect(read('README.md')).toMatch(promise);
});
