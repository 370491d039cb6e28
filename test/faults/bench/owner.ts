import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The database's owner, whom row-level security does not bind, past the proxies. Its statements wait while Postgres is restarted. */
export interface Owner {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  end(): Promise<void>;
}

const PATIENCE_MS = 30_000;

export function connectOwner(databaseUrl: string): Owner {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 4,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  pool.on('error', () => undefined);
  return {
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => {
      const endsAt = Date.now() + PATIENCE_MS;
      for (;;) {
        try {
          return await pool.query<Row>(text, values);
        } catch (error) {
          if (!isAway(error) || Date.now() > endsAt) throw error;
          await sleep(100);
        }
      }
    },
    end: () => pool.end(),
  };
}

/** The wire broke, or the server shuts down, crashes or starts. */
function isAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code) || code === 'EPIPE' || /^57P0[123]$/.test(code);
}
