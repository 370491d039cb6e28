import { describe, expect, test } from 'vitest';
import { collisions, entryFaults } from '../../../functions/entities/sync/inspect-names.ts';

/** git refuses most of these names by itself; a sync refuses them as well, whatever the git of the machine does. */
const faultsOf = (name: string | Buffer, mode = '100644') => entryFaults(mode, Buffer.from(name));

describe('an entry of a tree', () => {
  test.each([
    '.git',
    '.GIT/config',
    'a/.Git/hooks/pre-push',
    'git~1',
    'GIT~12/config',
    '.git ',
    '.git./x',
    '.git . ./x',
    '.git::$INDEX_ALLOCATION/x',
  ])('is refused when some disk takes its name for .git: %j', (name) => {
    expect(faultsOf(name)).toEqual(['a name of git’s own']);
  });

  test.each(['.gitignore', '.github/workflows/ci.yml', 'git/config', 'a.git/x', 'git~x', 'ünï "quoted"'])(
    'is taken: %j',
    (name) => expect(faultsOf(name)).toEqual([]),
  );

  test.each(['', '/a', 'a//b', 'a/', '.', '../a', 'a/./b', 'a/..'])(
    'is refused when its path is not plain: %j',
    (path) => {
      expect(faultsOf(path)).toEqual(['no plain path']);
    },
  );

  test('is refused for its mode, its bytes or its length', () => {
    expect(faultsOf('link', '120000')).toEqual(['a symbolic link']);
    expect(faultsOf('sub', '160000')).toEqual(['a submodule']);
    expect(faultsOf('group-writable', '100664')).toEqual(['of mode 100664, which is no regular file’s']);
    expect(faultsOf('run.sh', '100755')).toEqual([]);
    expect(faultsOf(Buffer.from([0x61, 0xff]))).toEqual(['a name that is no text']);
    expect(faultsOf(`${'x'.repeat(250)}/${'y'.repeat(49)}`)).toEqual([]);
    expect(faultsOf(`${'x'.repeat(250)}/${'y'.repeat(50)}`)).toEqual(['a path of more than 300 characters']);
    // 130 characters, 260 bytes.
    expect(faultsOf('ü'.repeat(130))).toEqual(['a name that is too long']);
  });
});

describe('paths beside each other', () => {
  test('collide when one is a file and a folder, or when they differ only in case or composition', () => {
    expect(collisions(['a', 'a/b', 'b'])).toEqual(['a: a file and a folder']);
    expect(collisions(['Notes/a', 'notes/b'])).toEqual(['notes: some disks take it for Notes']);
    expect(collisions(['\u00fc', 'u\u0308'])).toEqual(['u\u0308: some disks take it for \u00fc']);
  });

  test('do not collide otherwise', () => {
    expect(collisions(['a/b', 'a/c', 'a.md', 'ab', 'b/a'])).toEqual([]);
  });
});
