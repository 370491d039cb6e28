import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * `npm run build` compiles everything to `dist/` and copies the files that the code reads at run time, so that an image
 * needs only `dist/` and `node_modules/`. V8's compile cache is not included: it is valid for one user and one version
 * of Node, so it is created in the image.
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
  if (status !== 0) throw new Error('The compiler reported errors');
}

/** Copies prompts, migrations and the API reference. README.md and DECISIONS.md are for developers only. */
function copyRuntimeFiles(): number {
  const files = ['functions', 'migrations']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => /\.(md|sql|json|txt|html)$/.test(file) && !/(README|DECISIONS)\.md$/.test(file));
  files.push('infra/openapi.generated.json');
  for (const file of files) cpSync(join(ROOT, file), join(DIST, file), { recursive: true });
  return files.length;
}

/**
 * Bundles zod into one file. It has 95 modules (50 of them are languages), and loading them takes a third of a
 * function's start. Module resolution from `dist/` finds this copy first. Nothing else is bundled.
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
const copied = copyRuntimeFiles();
console.log(`compiled to dist/ and copied ${copied} other files`);
