import { cpus, loadavg } from 'node:os';
import pg from 'pg';
import { rounded } from './figures.ts';

/** The machine of the measurements. */
export interface Machine {
  node: string;
  cpu_count: number;
  cpu: string;
  /** Load average of the minute before the benchmark: other programs of the machine. */
  load_before: number;
  postgres: string | null;
  /** Without fsync a commit costs almost nothing, so other work has more weight in the ratios. */
  postgres_fsync: string | null;
}

export async function describeMachine(databaseUrl: string | undefined): Promise<Machine> {
  return {
    node: process.version,
    cpu_count: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    load_before: rounded(loadavg()[0] ?? 0, 1),
    ...(await describePostgres(databaseUrl)),
  };
}

async function describePostgres(url: string | undefined): Promise<Pick<Machine, 'postgres' | 'postgres_fsync'>> {
  if (url === undefined) return { postgres: null, postgres_fsync: null };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client
    .query<{ version: string; fsync: string }>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync`,
    )
    .finally(() => client.end());
  return { postgres: rows[0]?.version ?? null, postgres_fsync: rows[0]?.fsync ?? null };
}
