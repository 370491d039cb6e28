import { describe, expect, test } from 'vitest';
import { collisions, entryFaults } from '../../../functions/entities/sync/inspect-names.ts';

/** git itself refuses most of these names; a sync refuses them with any version of git. */
const faultsOf = (name: string | Buffer, mode = '100644') => entryFaults(mode, Buffer.from(name));

describe('a tree entry', () => {
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
  ])('is refused when a file system takes its name for .git: %j', (name) => {
    expect(faultsOf(name)).toEqual(['a name that git reserves']);
  });

  test.each(['.gitignore', '.github/workflows/ci.yml', 'git/config', 'a.git/x', 'git~x', 'ünï "quoted"'])(
    'is accepted: %j',
    (name) => expect(faultsOf(name)).toEqual([]),
  );

  test.each(['', '/a', 'a//b', 'a/', '.', '../a', 'a/./b', 'a/..'])(
    'is refused when its path has an empty or dot segment: %j',
    (path) => {
      expect(faultsOf(path)).toEqual(['an empty, . or .. segment in the path']);
    },
  );

  test('is refused for its mode, its bytes or its length', () => {
    expect(faultsOf('link', '120000')).toEqual(['a symbolic link']);
    expect(faultsOf('sub', '160000')).toEqual(['a submodule']);
    expect(faultsOf('group-writable', '100664')).toEqual(['mode 100664 is not that of a regular file']);
    expect(faultsOf('run.sh', '100755')).toEqual([]);
    expect(faultsOf(Buffer.from([0x61, 0xff]))).toEqual(['a name that is not valid UTF-8']);
    expect(faultsOf(`${'x'.repeat(250)}/${'y'.repeat(49)}`)).toEqual([]);
    expect(faultsOf(`${'x'.repeat(250)}/${'y'.repeat(50)}`)).toEqual(['a path of more than 300 characters']);
    // 130 characters, 260 bytes.
    expect(faultsOf('ü'.repeat(130))).toEqual(['a name that is too long']);
  });
});

describe('collisions', () => {
  test('are a file that is also a folder, and paths that differ only in case or composition', () => {
    expect(collisions(['a', 'a/b', 'b'])).toEqual(['a: a file and a folder']);
    expect(collisions(['Notes/a', 'notes/b'])).toEqual(['notes: some file systems confuse it with Notes']);
    expect(collisions(['\u00fc', 'u\u0308'])).toEqual(['u\u0308: some file systems confuse it with \u00fc']);
  });

  test('are not found between other paths', () => {
    expect(collisions(['a/b', 'a/c', 'a.md', 'ab', 'b/a'])).toEqual([]);
  });
});
