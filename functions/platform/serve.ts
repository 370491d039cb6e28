import { flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { closeDatabase } from './database/open.ts';
import { discoverFile, discoverFunction, loadFunction } from './discover.ts';
import { environment, requireCloudServices } from './environment.ts';
import { createFunctionServer, drain } from './http/listener.ts';
import { withProbe } from './http/probe.ts';
import type { ServedFunction } from './http/served-function.ts';
import { log } from './log.ts';
import { beginShutdown } from './process/shutdown.ts';

/**
 * The start file of every deployed service. Serves the function that `FUNCTION_TARGET` names, from the file
 * `FUNCTION_SOURCE` or from the file that belongs to the name, and loads no other function. All services run the same
 * image.
 *
 * On SIGTERM it lets requests under way end, closes the database and writes the compile cache. Cloud Run sends SIGKILL
 * after 10 s, so requests that take longer than 8 s are cut off.
 */

const PATIENCE_MS = 8_000;

function targetName(): string {
  if (environment.FUNCTION_TARGET !== undefined) return environment.FUNCTION_TARGET;
  throw new Error('FUNCTION_TARGET is missing: set it to the name of the function to serve, such as system-get-health');
}

/** Starts the Functions Framework's own main file, as its command does. It reads its arguments and `PORT`. */
async function startFramework(): Promise<void> {
  const target = targetName();
  const source = environment.FUNCTION_SOURCE ?? discoverFile(target);
  process.argv.push(`--source=${resolve(source)}`, `--target=${target}`);
  await import(new URL('./main.js', import.meta.resolve('@google-cloud/functions-framework')).href);
}

async function startLean(): Promise<void> {
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
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    beginShutdown();
    await drain(server, PATIENCE_MS);
    // A database that does not answer must not keep the process alive: its committed work is safe.
    setTimeout(() => process.exit(0), 1_000);
    await closeDatabase().catch((error: unknown) => log('warning', 'database close failed', { error }));
    flushCompileCache();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}

async function loadTarget(): Promise<ServedFunction> {
  const { FUNCTION_SOURCE } = environment;
  return FUNCTION_SOURCE === undefined
    ? discoverFunction(targetName())
    : loadFunction(resolve(FUNCTION_SOURCE), targetName());
}

await (environment.FUNCTION_SERVER === 'framework' ? startFramework() : startLean());
