import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/**
 * A connection as the owner of the database, without a proxy. Row-level security does not apply. Its statements wait
 * while PostgreSQL restarts.
 */
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

/** True when the connection broke, or the server is shutting down, crashing or starting. */
function isAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code) || code === 'EPIPE' || /^57P0[123]$/.test(code);
}
