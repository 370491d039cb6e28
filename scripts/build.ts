import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkColdStarts } from './cold-start-check.ts';

/**
 * `npm run build`: compiles everything to `dist/` and puts beside it what the code reads at run time, so that `dist/` and `node_modules/` are all
 * that an image needs. With `--compile-cache` it also starts every function once and leaves V8's compiled code in `.compile-cache`, which
 * `NODE_COMPILE_CACHE` names in the image; it holds for this very version of Node only.
 */

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

function compile(): void {
  rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The compiler found faults');
}

/** Prompts, the migrations, the API reference: everything under these folders that is not TypeScript or written for people. */
function copyWhatIsRead(): number {
  const files = ['functions', 'migrations']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => /\.(md|sql|json|txt|html)$/.test(file) && !file.endsWith('README.md'));
  files.push('infra/openapi.generated.json');
  for (const file of files) cpSync(join(ROOT, file), join(DIST, file), { recursive: true });
  return files.length;
}

/** The code that a function loads with its first request, and not with its start. */
const LOADED_LATER = [
  'pg',
  'jose',
  'winston',
  '@google-cloud/logging-winston',
  '@google-cloud/storage',
  '@google-cloud/tasks',
  '@google/genai',
  '@anthropic-ai/sdk',
  'openai',
  'google-auth-library',
];

async function fillCompileCache(): Promise<void> {
  const folder = join(ROOT, '.compile-cache');
  rmSync(folder, { recursive: true, force: true });
  const environment = { NODE_COMPILE_CACHE: folder };
  await checkColdStarts(environment);
  const code = `await Promise.all(${JSON.stringify(LOADED_LATER)}.map((name) => import(name)))`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: dirname(DIST),
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The compile cache could not be filled');
}

compile();
const copied = copyWhatIsRead();
console.log(`compiled to dist/, with ${copied} files beside it`);
if (process.argv.includes('--compile-cache')) await fillCompileCache();
