import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * `npm run build:web` builds the web console to `web/dist`, unless the build there is of the same sources. The build is
 * made beside `web/dist` and then takes its place, so a build that fails leaves the old one, and a server never reads
 * half of a build.
 */

const ROOT = join(import.meta.dirname, '..');
const WEB = join(ROOT, 'web');
export const CONSOLE_FOLDER = join(WEB, 'dist');
/** Has the hash of the sources of the build. The server does not serve names that begin with a dot. */
const STAMP = '.stamp';

/** Returns whether `web/dist` is a build of the sources of now. Takes 5 ms. */
export function isConsoleBuilt(): boolean {
  const stamp = join(CONSOLE_FOLDER, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfSources();
}

/** Returns the hash of what the build is made from: the files of `web/` that have code, and the pinned libraries. */
function hashOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  const files = readdirSync(WEB, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(WEB.length + 1))
    .filter((file) => !/^(dist|\.build-\d+)[\\/]/.test(file) && !/\.(md|d\.ts|cjs)$|^tsconfig\.json$/.test(file));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(join(WEB, file)));
  return hash.digest('hex');
}

async function build(): Promise<void> {
  // Vue's development build is larger and slower. A developer's .env may say `development`.
  process.env.NODE_ENV = 'production';
  const stamp = hashOfSources();
  const next = join(WEB, `.build-${process.pid}`);
  try {
    // Loaded here: a program that only asks whether the build is new does not need Vite.
    const { build: buildWithVite } = await import('vite');
    await buildWithVite({
      configFile: join(WEB, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: next, emptyOutDir: true },
    });
    writeFileSync(join(next, STAMP), stamp);
    rmSync(CONSOLE_FOLDER, { recursive: true, force: true });
    renameSync(next, CONSOLE_FOLDER);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Returns why the console cannot be built here, or undefined. */
export function whyNoBuild(): string | undefined {
  if (!existsSync(join(WEB, 'index.html'))) return 'This installation has no sources of the console (web/index.html).';
  try {
    createRequire(import.meta.url).resolve('vite');
    return undefined;
  } catch {
    return 'Vite is not installed. It is a development dependency: run npm install without --omit=dev.';
  }
}

async function main(): Promise<number> {
  const reason = whyNoBuild();
  if (reason !== undefined) {
    console.error(reason);
    return 1;
  }
  if (isConsoleBuilt()) {
    console.log('web/dist is up to date');
    return 0;
  }
  const start = performance.now();
  try {
    await build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  console.log(`built web/dist in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return 0;
}

if (import.meta.main) process.exitCode = await main();
