import { readFileSync } from 'node:fs';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { discoverFunctions } from '../functions/platform/discover.ts';

/**
 * Runs once while the image is built. Loads every function and every dependency, so that their compiled code is in
 * `NODE_COMPILE_CACHE` and a cold start compiles nothing. Must run as the user of the service, because V8's cache is
 * per user. Fails when the image lacks a file or package.
 */

const PACKAGE = join(import.meta.dirname, '../../package.json');
const { dependencies } = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(PACKAGE, 'utf8')));

const functions = await discoverFunctions();
for (const name of Object.keys(dependencies)) await import(name);
flushCompileCache();
console.log(
  `${functions.length} functions and ${Object.keys(dependencies).length} packages loaded; their compiled code is in ${getCompileCacheDir()}`,
);
process.exit(0);
