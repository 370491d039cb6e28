import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Changes, collectChanges } from '../../../functions/tools/sandbox/collect-changes.ts';
import { DEFAULT_LIMITS, type SandboxLimits } from '../../../functions/tools/sandbox/limits.ts';
import { unpackFolder } from '../../../functions/tools/sandbox/packed-folder.ts';
import type { TreeFile } from '../../../functions/tools/sandbox/sandbox.ts';

let parent: string;
let root: string;
/** A file system in memory if there is one, as in a sandbox, because a disk is slow for 100,000 files. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

beforeEach(() => {
  parent = mkdtempSync(join(PLACE, 'sandbox-test-'));
  root = join(parent, 'tree');
  mkdirSync(root);
});
afterEach(() => rmSync(parent, { recursive: true }));

const file = (path: string, text: string): TreeFile => ({
  path,
  mode: 'regular',
  content: new TextEncoder().encode(text),
});
const collect = (sent: TreeFile[] = [], limits: Partial<SandboxLimits> = {}) =>
  collectChanges(root, { files: sent }, { ...DEFAULT_LIMITS, ...limits });
const texts = ({ changed }: Changes) =>
  Object.fromEntries(changed.map(({ path, content }) => [path, new TextDecoder().decode(content)]));
const reasons = ({ not_kept }: Changes) => Object.fromEntries(not_kept.map(({ path, reason }) => [path, reason]));

it('returns no file that has a hard link outside the tree, and none through a symbolic link to a folder', async () => {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  mkdirSync(join(parent, 'outside'));
  writeFileSync(join(parent, 'outside', 'secret'), 'secret');
  linkSync(join(parent, 'outside', 'secret'), join(root, 'stolen'));
  symlinkSync(join(parent, 'outside'), join(root, 'folder'));
  writeFileSync(join(root, 'own'), 'own');
  linkSync(join(root, 'own'), join(root, 'node_modules', 'own'));
  const changes = await collect([file('folder/secret', 'mine')]);
  expect(changes.changed.map(({ path }) => path)).toEqual(['own']);
  expect(changes.deleted).toEqual(['folder/secret']);
  expect(reasons(changes)).toEqual({
    folder: 'symbolic links are not stored',
    stolen: 'the file is hard-linked outside the tree',
  });
});

it('opens no device, no pipe and no socket', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  // Only root can create a device.
  if (process.getuid?.() === 0) execFileSync('mknod', [join(root, 'device'), 'c', '1', '5']);
  const server = createServer().listen(join(root, 'sock'));
  await once(server, 'listening');
  const changes = await collect([file('pipe', 'was a file'), file('device', 'was a file')]);
  server.close();
  expect(changes.changed).toEqual([]);
  expect(changes.deleted.sort()).toEqual(['device', 'pipe']);
  expect(reasons(changes)).toMatchObject({ pipe: 'named pipes are not stored', sock: 'sockets are not stored' });
});

it('does not read a sparse file that is larger than the limit', async () => {
  writeFileSync(join(root, 'huge'), '');
  truncateSync(join(root, 'huge'), 2 ** 40);
  writeFileSync(join(root, 'holes'), 'x');
  truncateSync(join(root, 'holes'), 1_000_000);
  const changes = await collect([file('huge', 'was small')]);
  expect(reasons(changes)).toEqual({ huge: `the file is larger than ${DEFAULT_LIMITS.returnedFileBytes} bytes` });
  expect(changes.changed.map(({ path, content }) => [path, content.length])).toEqual([['holes', 1_000_000]]);
  expect(changes.deleted).toEqual([]);
});

it('returns names with line breaks or control characters unchanged', async () => {
  const names = ['two\nlines', 'tab\there', 'bell\u0007', '-rf', '*', '"quoted"', ' ', 'e\u0301 and \u00e9'];
  for (const name of names) writeFileSync(join(root, name), name);
  expect(Object.keys(texts(await collect())).sort()).toEqual(names.sort());
});

it('never confuses a name that is not UTF-8 with the name that it is decoded to', async () => {
  const bytes = (name: Buffer) => Buffer.concat([Buffer.from(`${root}/`), name]);
  writeFileSync(join(root, 'a\ufffdb'), 'valid');
  writeFileSync(bytes(Buffer.from('a\xffb', 'latin1')), 'not valid');
  writeFileSync(bytes(Buffer.from('a\xfeb', 'latin1')), 'not valid');
  mkdirSync(bytes(Buffer.from('\xff', 'latin1')));
  const changes = await collect([file('a\ufffdb', 'old')]);
  expect(changes.changed.map(({ path }) => path)).toEqual(['a\ufffdb']);
  expect(texts(changes)).toEqual({ 'a\ufffdb': 'valid' });
  expect(changes.not_kept).toHaveLength(3);
});

it('handles a tree that is as deep as the file system allows', async () => {
  // Step by step, because a path of this depth is too long for a system call.
  const here = process.cwd();
  process.chdir(root);
  for (let depth = 0; depth < 3_000; depth += 1) {
    mkdirSync('d');
    process.chdir('d');
  }
  writeFileSync('f', '');
  process.chdir(here);
  writeFileSync(join(root, 'file'), 'found');
  const changes = await collect([file('d/sent', 's')]);
  expect(texts(changes)).toEqual({ file: 'found' });
  expect(changes.deleted).toEqual(['d/sent']);
  expect(changes.not_kept).toEqual([
    { path: expect.stringMatching(/^d(\/d)+$/), reason: 'path is longer than 1024 bytes' },
  ]);
  execFileSync('rm', ['-rf', join(root, 'd')]);
});

it('tells which folders are empty, after all else that is not kept', async () => {
  for (const folder of ['data/logs', 'src', 'gone', '.git/refs/tags', 'full/inner'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'full/inner/file'), 'x');
  symlinkSync('file', join(root, 'zlink'));
  const changes = await collect([file('gone/file', 'x')]);
  expect(changes.deleted).toEqual(['gone/file']);
  expect(changes.not_kept).toEqual([
    { path: 'zlink', reason: 'symbolic links are not stored' },
    ...['data/logs', 'gone', 'src'].map((path) => ({ path, reason: 'empty folders are not kept' })),
  ]);
});

it('returns the limited number of 100,000 new files', async () => {
  for (let index = 0; index < 100_000; index += 1)
    closeSync(openSync(`${root}/${String(index).padStart(6, '0')}`, 'w'));
  const changes = await collect([file('000000', 'old'), file('099999', 'old')], { returnedFiles: 50 });
  expect(changes.changed.map(({ path }) => path)).toEqual(
    Array.from({ length: 50 }, (_, index) => String(index).padStart(6, '0')),
  );
  expect(changes.deleted).toEqual([]);
  expect(changes.not_kept).toHaveLength(1_001);
  expect(changes.not_kept.at(-1)?.reason).toBe('98950 more entries were not kept');
});

const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# cache\n';

it('takes a generated folder as a whole, recognised by what is in it', async () => {
  const write = (path: string, text = 'x') => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const generated = [
    'myenv/pyvenv.cfg',
    'out/.rustc_info.json',
    'a/node_modules/p/index.js',
    '.gradle/8.0/x',
    'e/conda-meta/h',
  ];
  for (const path of generated) write(path);
  write('obj/CACHEDIR.TAG', CACHE_TAG);
  for (const path of ['bare/HEAD', 'bare/refs/x', 'bare/objects/y']) write(path);
  symlinkSync('/usr/bin/python3', join(root, 'myenv', 'python'));
  const work = ['venv/notes.md', 'target/plan.md', 'cache/CACHEDIR.TAG', 'env/x', 'refs/HEAD', 'build/x'];
  for (const path of work) write(path);
  write('src/__pycache__/a.pyc');
  const changes = await collect();
  expect(Object.keys(texts(changes)).sort()).toEqual(work.sort());
  const folders = changes.changed_folders ?? [];
  expect(folders.map(({ path }) => path).sort()).toEqual(
    ['.gradle', 'a/node_modules', 'bare', 'e', 'myenv', 'obj', 'out'].sort(),
  );
  expect(reasons(changes)).toEqual({ 'src/__pycache__': 'compiled Python, which is made again' });
  const venv = folders.find(({ path }) => path === 'myenv');
  expect(await unpackFolder('myenv', venv?.content ?? new Uint8Array())).toContainEqual({
    path: 'myenv/python',
    mode: 'link',
    target: '/usr/bin/python3',
  });
  const again = await collectChanges(root, { files: [], folders }, DEFAULT_LIMITS);
  expect([again.changed_folders, again.deleted_folders]).toEqual([undefined, undefined]);
  rmSync(join(root, 'myenv'), { recursive: true });
  expect((await collectChanges(root, { files: [], folders }, DEFAULT_LIMITS)).deleted_folders).toEqual(['myenv']);
  const small = await collect([], { returnedBytes: 20 });
  expect(reasons(small)).toMatchObject({ bare: expect.stringContaining('too large to keep') });
});

it('packs no file of a generated folder that has a hard link outside the tree', async () => {
  mkdirSync(join(root, 'node_modules'));
  mkdirSync(join(parent, 'outside'));
  writeFileSync(join(parent, 'outside', 'secret'), 'secret');
  linkSync(join(parent, 'outside', 'secret'), join(root, 'node_modules', 'stolen'));
  const [folder] = (await collect()).changed_folders ?? [];
  expect(await unpackFolder('node_modules', folder?.content ?? new Uint8Array())).toEqual([]);
});
