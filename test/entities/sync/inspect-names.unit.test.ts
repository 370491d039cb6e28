import { describe, expect, test } from 'vitest';
import { entryFaults } from '../../../functions/entities/sync/inspect-names.ts';

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
    '.g\u200cit/x',
    '.git\ufeff',
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
    expect(faultsOf(`${'ü'.repeat(500)}/${'y'.repeat(999)}`)).toEqual([]);
    expect(faultsOf(`${'ü'.repeat(500)}/${'y'.repeat(1000)}`)).toEqual(['a path of more than 2000 bytes']);
  });
});
