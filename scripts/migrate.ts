import pg from 'pg';
import { migrate } from '../functions/platform/database/migrate.ts';
import {
  describeDatabase,
  embeddedFolder,
  serverConfig,
  usesEmbeddedDatabase,
} from '../functions/platform/database/open.ts';

/** `npm run migrate`: brings the database of the environment up to date. Safe to run at any time and from two places at once. */

if (usesEmbeddedDatabase()) {
  const { openEmbedded } = await import('../functions/platform/database/embedded.ts');
  await (await openEmbedded(embeddedFolder(), undefined)).close();
  console.log(`${describeDatabase()} is up to date`);
} else {
  const client = new pg.Client({ ...(await serverConfig()), options: '-c lock_timeout=5s' });
  await client.connect();
  const applied = await migrate(client);
  await client.end();
  console.log(`${describeDatabase()}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
}
