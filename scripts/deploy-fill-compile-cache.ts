import { readFileSync } from 'node:fs';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { discoverFunctions } from '../functions/platform/discover.ts';

/**
 * Runs once while the image is made, as the user that the service will run as (V8's cache is per user): loads every function and every dependency, so
 * that their compiled code lies in `NODE_COMPILE_CACHE` and a cold start compiles nothing. A file or package that the image lacks fails the build.
 */

const PACKAGE = join(import.meta.dirname, '../../package.json');
const { dependencies } = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(PACKAGE, 'utf8')));

const functions = await discoverFunctions();
for (const name of Object.keys(dependencies)) await import(name);
flushCompileCache();
console.log(
  `${functions.length} functions and ${Object.keys(dependencies).length} packages load; compiled code is in ${getCompileCacheDir()}`,
);
process.exit(0);
