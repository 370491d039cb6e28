import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { blobOf, commitOf, type FileMode, type TreeFile, textOf } from '../../../functions/entities/git/object.ts';
import { buildTrees } from '../../../functions/entities/git/tree-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'apexflow-git-objects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const git = (input: string | Buffer, ...parameters: string[]) =>
  execFileSync('git', parameters, {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    stdio: 'pipe',
  }).trim();
git('', 'init', '-q', '--bare', '.');

test('blobs have the ids that git computes', () => {
  for (const text of ['', 'x', 'ünïcode 🙂\n', 'a\r\nb\0c', 'y'.repeat(100_000)])
    expect(blobOf(text).id).toBe(git(text, 'hash-object', '--stdin'));
});

test('trees and commits have the ids that git computes, in git’s order of names', () => {
  const name = fc.constantFrom('a', 'a-b', 'a.b', 'ab', 'a0', 'B', 'é', 'index.json');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 8 }), fc.nat(7), (all, executable) => {
      // A file cannot be a folder at the same time.
      const paths = all.filter((one) => !all.some((other) => other.startsWith(`${one}/`)));
      const modeOf = (index: number): FileMode => (index === executable ? '100755' : '100644');
      const files = new Map(
        paths.map((each, index): [string, TreeFile] => [
          each,
          { id: git(each, 'hash-object', '-w', '--stdin'), mode: modeOf(index) },
        ]),
      );
      const trees = buildTrees(files);
      for (const { id, content } of trees) {
        expect(git(content, 'hash-object', '-w', '-t', 'tree', '--stdin')).toBe(id);
      }
      const root = trees.at(-1)?.id ?? '';
      expect(git('', '-c', 'core.quotePath=false', 'ls-tree', '-r', root).split('\n').sort()).toEqual(
        [...files].map(([each, { id, mode }]) => `${mode} blob ${id}\t${each}`).sort(),
      );
      const commit = commitOf({
        treeId: root,
        parentIds: [],
        seconds: 1_700_000_000,
        message: 'Session x\n\nBy: rules',
      });
      expect(git(commit.content, 'hash-object', '-w', '-t', 'commit', '--stdin')).toBe(commit.id);
    }),
    { numRuns: 15 },
  );
  expect(git('', 'fsck', '--strict')).not.toMatch(/error|warning/);
});

test('textOf returns undefined for bytes that are not UTF-8 or contain a NUL', () => {
  expect(['', 'ünïcode 🙂\n'].map((text) => textOf(Buffer.from(text)))).toEqual(['', 'ünïcode 🙂\n']);
  expect([Buffer.from([0xff, 0xfe]), Buffer.from('a\0b'), Buffer.from([0xc3])].map(textOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
