import { migrate } from '../../functions/platform/database/migrate.ts';
import { openDatabase, serverConfig, usesEmbeddedDatabase } from '../../functions/platform/database/open.ts';

/** Opens this process's database, brought up to date. The embedded one migrates itself; a server is migrated as the owner before. */
export async function prepareDatabase(): Promise<void> {
  if (!usesEmbeddedDatabase()) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ ...(await serverConfig()), options: '-c lock_timeout=5s' });
    await client.connect();
    await migrate(client).finally(() => client.end());
  }
  await openDatabase();
}
