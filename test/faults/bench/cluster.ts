import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrate } from '../../../functions/platform/database/migrate.ts';
import { freePort } from '../../support/local-server.ts';

const SCRIPT = join(import.meta.dirname, '../../../scripts/temporary-postgres.sh');
const run = promisify(execFile);

/** True where PostgreSQL's programs are, so that a test may have a server of its own and restart it. */
export const hasPostgresPrograms = existsSync('/usr/lib/postgresql/15/bin/pg_ctl');

/** A PostgreSQL of one's own, with the product's schema. What it has committed outlives its crash, as it must here. */
export interface Cluster {
  url: string;
  /** `immediate` is a crash with recovery, `fast` ends every session in order. Resolves when it takes connections again. */
  restart(mode: 'immediate' | 'fast'): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const folder = join(mkdtempSync(join(tmpdir(), 'apexflow-faults-')), 'postgres');
  const port = await freePort();
  await run('chmod', ['755', join(folder, '..')]);
  await run('bash', [SCRIPT, 'start', folder, String(port)], { env: { ...process.env, SURVIVES_CRASHES: 'yes' } });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await migrate(client).finally(() => client.end());
  return {
    url,
    restart: async (mode) => void (await run('bash', [SCRIPT, 'restart', folder, mode])),
    close: async () => void (await run('bash', [SCRIPT, 'stop', folder])),
  };
}
