import { migrate } from '../functions/platform/database/migrate.ts';
import { openDatabase, serverConfig, usesEmbeddedDatabase } from '../functions/platform/database/open.ts';
import { discoverFunctions } from '../functions/platform/discover.ts';
import { environment } from '../functions/platform/environment.ts';
import { beginShutdown } from '../functions/platform/process/shutdown.ts';
import { expireDeadLeases } from '../functions/runs/claim.ts';
import { announcement } from './local/announcement.ts';
import { startClock } from './local/clock.ts';
import { type Gateway, openGateway } from './local/gateway.ts';
import { startConsole } from './local/start-console.ts';

/**
 * `npm start` runs the whole product in one process. It needs only Node. Its state is in `.apexflow`. After a kill -9,
 * the next start continues: no accepted request is lost.
 */

/** Maximum concurrent tasks of each queue. A laptop has few cores, and its database has one connection. */
const CONCURRENCY = 8;

async function start(): Promise<void> {
  const functions = (await discoverFunctions()).map(({ declaration }) => declaration);
  const host = environment.LISTEN_ADDRESS;
  const webConsole = environment.CONSOLE === 'on' ? startConsole() : undefined;
  // Opens the port before the database, so that a second start reports the taken port and not a locked database.
  const gateway = await openGateway(functions, {
    port: environment.PORT,
    host,
    concurrency: CONCURRENCY,
    elsewhere: webConsole?.serve,
  });
  webConsole?.begin();
  await prepareDatabase();
  await expireDeadLeases((await openDatabase()).as({ kind: 'system' }));
  const stopClock = startClock(functions, gateway.url);
  stopOnSignal(gateway, stopClock);
  const resumed = await gateway.resume();
  console.log(await announcement(`http://localhost:${gateway.port}`, webConsole?.describe() ?? 'off'));
  if (resumed > 0) console.log(`  Resuming ${resumed} task${resumed === 1 ? '' : 's'} of the previous process.\n`);
  await webConsole?.reportWhenBuilt();
}

/** Opens the database of this process after its migrations have run. The embedded database migrates itself. */
async function prepareDatabase(): Promise<void> {
  if (!usesEmbeddedDatabase()) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ ...(await serverConfig()), options: '-c lock_timeout=5s' });
    await client.connect();
    await migrate(client).finally(() => client.end());
  }
  await openDatabase();
}

function stopOnSignal(gateway: Gateway, stopClock: () => void): void {
  let isStopping = false;
  const stop = async () => {
    // A second Ctrl+C ends the process at once.
    if (isStopping) process.exit(1);
    isStopping = true;
    stopClock();
    beginShutdown();
    await gateway.close();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `Port ${environment.PORT} is taken by another program. Stop it, or use another port: PORT=8081 npm start`;
  }
  return error.message;
}

start().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
