import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Imported first: the environment is read once, and without a server each test file has an embedded database of its own. */
if (!process.env.DATABASE_URL && !process.env.APEXFLOW_HOME) {
  process.env.APEXFLOW_HOME = mkdtempSync(join(tmpdir(), 'apexflow-memory-'));
}
