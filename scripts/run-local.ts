import { openDatabase } from '../functions/platform/database/open.ts';
import { discoverFunctions } from '../functions/platform/discover.ts';
import { environment } from '../functions/platform/environment.ts';
import { beginShutdown } from '../functions/platform/shutdown.ts';
import { expireDeadLeases } from '../functions/runs/claim.ts';
import { announcement } from './local/announcement.ts';
import { startClock } from './local/clock.ts';
import { type Gateway, openGateway } from './local/gateway.ts';
import { prepareDatabase } from './local/prepare-database.ts';

/**
 * `npm start`: the whole product in one process, with nothing to install but Node. Its state is in `.apexflow`; a kill -9 loses nothing that was
 * accepted, and the next start goes on where it stopped.
 */

/** A laptop has a few cores, and its database one connection. */
const CONCURRENCY = 8;

async function start(): Promise<void> {
  const functions = (await discoverFunctions()).map(({ declaration }) => declaration);
  const host = environment.LISTEN_ADDRESS;
  // The port first: somebody who starts it twice hears of that, and not of a locked database.
  const gateway = await openGateway(functions, { port: environment.PORT, host, concurrency: CONCURRENCY });
  await prepareDatabase();
  await expireDeadLeases((await openDatabase()).as({ kind: 'system' }));
  const stopClock = startClock(functions, gateway.url);
  stopOnSignal(gateway, stopClock);
  const resumed = await gateway.resume();
  console.log(await announcement(`http://localhost:${gateway.port}`));
  if (resumed > 0) console.log(`  Going on with ${resumed} task${resumed === 1 ? '' : 's'} of the time before.\n`);
}

function stopOnSignal(gateway: Gateway, stopClock: () => void): void {
  let isStopping = false;
  const stop = async () => {
    // The second Ctrl+C is impatience.
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
    return `Port ${environment.PORT} is taken by another program. Stop it, or start with another one: PORT=8081 npm start`;
  }
  return error.message;
}

start().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
