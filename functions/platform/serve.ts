import { flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { closeDatabase } from './database/open.ts';
import { discoverFunction, loadFunction } from './discover.ts';
import { environment, requireCloudServices } from './environment.ts';
import { createFunctionServer, drain } from './http/listener.ts';
import { withProbe } from './http/probe.ts';
import type { ServedFunction } from './http/served-function.ts';
import { log } from './log.ts';
import { beginShutdown } from './process/shutdown.ts';

/**
 * The start file of every deployed service: serves the one function that `FUNCTION_TARGET` names (from the file `FUNCTION_SOURCE`, or from where its
 * name says) and loads nothing of the others. One image is all services.
 *
 * SIGTERM lets requests under way end, closes the database and writes the compile cache. Cloud Run kills after 10 s, so patience ends before.
 */

const PATIENCE_MS = 8_000;

async function loadTarget(): Promise<ServedFunction> {
  const { FUNCTION_SOURCE, FUNCTION_TARGET } = environment;
  if (FUNCTION_TARGET === undefined) throw new Error('FUNCTION_TARGET is missing: which function is to be served?');
  return FUNCTION_SOURCE === undefined
    ? discoverFunction(FUNCTION_TARGET)
    : loadFunction(resolve(FUNCTION_SOURCE), FUNCTION_TARGET);
}

const target = await loadTarget();
if (target.deployment.identity !== 'sandbox') requireCloudServices(environment);
const server = createFunctionServer(withProbe([target]));
server.listen(environment.PORT, () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : address;
  const message = `${target.name} serves ${target.route.method} ${target.route.path}`;
  // Not through the logger: loading it takes three times as long as everything else at the start.
  process.stdout.write(`${JSON.stringify({ severity: 'INFO', message, function: target.name, port })}\n`);
});

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  beginShutdown();
  await drain(server, PATIENCE_MS);
  // A database that does not answer must not keep the process: what it had committed is committed.
  setTimeout(() => process.exit(0), 1_000);
  await closeDatabase().catch((error: unknown) => log('warning', 'the database did not close', { error }));
  flushCompileCache();
  process.exit(0);
}
