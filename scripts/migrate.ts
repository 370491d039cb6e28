import pg from 'pg';
import { migrate, reportOf } from '../functions/platform/database/migrate.ts';
import {
  describeDatabase,
  embeddedFolder,
  serverConfig,
  usesEmbeddedDatabase,
} from '../functions/platform/database/open.ts';

/**
 * `npm run migrate` applies the missing migrations and the changed SQL functions to the database of the environment.
 * Safe to run at any time; concurrent runs wait for each other.
 */

if (usesEmbeddedDatabase()) {
  // The embedded database is migrated whenever it is opened.
  const { openEmbedded } = await import('../functions/platform/database/embedded.ts');
  await (await openEmbedded(embeddedFolder(), undefined)).close();
  console.log(`${describeDatabase()}: up to date`);
} else {
  const client = new pg.Client({ ...(await serverConfig()), options: '-c lock_timeout=5s' });
  await client.connect();
  const applied = await migrate(client);
  await client.end();
  console.log(`${describeDatabase()}: ${reportOf(applied)}`);
}
