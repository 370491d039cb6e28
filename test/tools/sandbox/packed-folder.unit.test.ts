import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { entriesOf, packFolder, unpackFolder } from '../../../functions/tools/sandbox/packed-folder.ts';
import type { TreeEntry } from '../../../functions/tools/sandbox/sandbox.ts';

const file = (path: string, text: string, mode: 'regular' | 'executable' = 'regular'): TreeEntry => ({
  path,
  mode,
  content: new TextEncoder().encode(text),
});
const link = (path: string, target: string): TreeEntry => ({ path, mode: 'link', target });
const inside = (folder: string, entries: readonly TreeEntry[]) =>
  entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));

/** Packs entries without checks, as a changed blob could be. */
function forge(entries: unknown, contents = ''): Uint8Array {
  const list = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(list.length);
  return gzipSync(Buffer.concat([length, list, Buffer.from(contents)]));
}

describe('a packed folder', () => {
  const entries = [file('bin/run', 'å', 'executable'), file('empty', ''), file('lib/x', 'x'), link('lib64', 'lib')];

  test('is unpacked as it was, and equal folders are equal values', async () => {
    const packed = await packFolder(entries);
    expect(await packFolder(entries.toReversed())).toEqual(packed);
    expect(await unpackFolder('venv', packed)).toEqual(inside('venv', entries));
  });

  test.each([
    ['a path that leaves the folder', forge([{ path: '../x', mode: 'regular', size: 0 }])],
    ['an absolute path', forge([{ path: '/x', link: 'y' }])],
    [
      'a file inside a link',
      forge([
        { path: 'a', link: '/etc' },
        { path: 'a/b', mode: 'regular', size: 0 },
      ]),
    ],
    [
      'a path twice',
      forge([
        { path: 'a', link: 'b' },
        { path: 'a', link: 'c' },
      ]),
    ],
    ['a missing content', forge([{ path: 'a', mode: 'regular', size: 4 }], 'x')],
    ['content that no entry has', forge([], 'x')],
    ['a device', forge([{ path: 'a', mode: 'device', size: 0 }])],
    ['other bytes', new Uint8Array(10)],
  ])('with %s is refused', async (_, packed) => {
    await expect(unpackFolder('venv', packed)).rejects.toThrow();
  });

  test('gives way to the files of a request', async () => {
    const folders = [{ path: 'venv', content: await packFolder(entries) }];
    const files = [file('venv/empty', 'mine'), file('venv/lib', 'a file'), file('venv/lib64/x', 'below the link')];
    const paths = (await entriesOf({ files, folders })).map(({ path }) => path);
    expect(paths.sort()).toEqual(['venv/bin/run', 'venv/empty', 'venv/lib', 'venv/lib64/x']);
  });
});
