import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrate } from '../../../../functions/platform/database/migrate.ts';
import { stablePort } from './stable-port.ts';

const SCRIPT = join(import.meta.dirname, '../../../../scripts/temporary-postgres.sh');
const run = promisify(execFile);

/** True when PostgreSQL is installed, so that a test can start and restart its own server. */
export const hasPostgresPrograms = existsSync('/usr/lib/postgresql/15/bin/pg_ctl');

/** A PostgreSQL server with the product's schema. Unlike other test servers, it keeps committed data after a crash. */
export interface Cluster {
  url: string;
  /** Restarts with a crash and recovery (`immediate`), or in order (`fast`). Resolves when connections work again. */
  restart(mode: 'immediate' | 'fast'): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const folder = join(mkdtempSync(join(tmpdir(), 'apexflow-faults-')), 'postgres');
  const port = await stablePort();
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
