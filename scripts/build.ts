import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * `npm run build`: compiles everything to `dist/` and puts beside it what the code reads at run time, so that `dist/` and `node_modules/` are all
 * that an image needs. V8's compiled code is not part of it: it holds for one user and one version of Node, so the image makes its own.
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

/**
 * zod in one file: it is 95 modules (50 of them languages) that every function would load one by one at its start, a third of the whole start. The compiled
 * tree finds this copy first; nothing else is bundled.
 */
async function bundleZod(): Promise<void> {
  const source = join(ROOT, 'node_modules/zod');
  const target = join(DIST, 'node_modules/zod');
  const bundle = await rolldown({ input: join(source, 'index.js'), platform: 'node', treeshake: false });
  await bundle.write({ file: join(target, 'index.js'), format: 'esm' });
  const { version, license } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const manifest = { name: 'zod', version, license, type: 'module', exports: './index.js' };
  writeFileSync(join(target, 'package.json'), JSON.stringify(manifest, null, 2));
  cpSync(join(source, 'LICENSE'), join(target, 'LICENSE'));
}

compile();
await bundleZod();
const copied = copyWhatIsRead();
console.log(`compiled to dist/, with ${copied} files beside it`);
