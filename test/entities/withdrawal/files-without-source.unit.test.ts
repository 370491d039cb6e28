import { expect, test } from 'vitest';
import { blobOf } from '../../../functions/entities/git/object.ts';
import { FilesWithoutSource } from '../../../functions/entities/withdrawal/files-without-source.ts';
import { FileVersions, type OriginalCommit } from '../../../functions/entities/withdrawal/history-slice.ts';

const MAYA = 'memories/people/maya.md';
const ZYX = 'memories/people/zyx.md';
const version = (text: string) => ({ blobId: blobOf(text).id, text });
const zyx = version('---\nname: Zyx\naliases: [Quux]\n---\n\n### Who\nA blacksmith.\n');
const [before, after, later] = ['Porto.', 'Porto with Zyx.', 'Porto with Zyx, and a boat.'].map((text) =>
  version(`### Home\n${text}\n`),
) as [ReturnType<typeof version>, ReturnType<typeof version>, ReturnType<typeof version>];

function commit(position: number, blobIds: Map<string, string | undefined>): OriginalCommit {
  return {
    id: `c${position}`,
    position,
    tree_id: '',
    session_id: null,
    message: '',
    committed_at: '',
    reverted_source: null,
    remote_commit: null,
    remote_authors: [],
    base_position: null,
    proposer: null,
    edits: null,
    shown: null,
    session_day: null,
    session: undefined,
    blobIds,
  };
}

/**
 * Commit 2 is the source: it edits Maya and creates Zyx. Commit 3 edits Maya again, and writes the archive of a
 * session.
 */
function replayed(): FilesWithoutSource {
  const versions = new FileVersions();
  versions.add(1, MAYA, before);
  versions.add(2, MAYA, after);
  versions.add(2, ZYX, zyx);
  versions.add(3, MAYA, later);
  versions.add(3, 'sessions/s.txt', { blobId: 'a' });
  const source = commit(
    2,
    new Map([
      [MAYA, after.blobId],
      [ZYX, zyx.blobId],
    ]),
  );
  const next = commit(
    3,
    new Map([
      [MAYA, later.blobId],
      ['sessions/s.txt', 'a'],
    ]),
  );
  const files = new FilesWithoutSource({
    first: 2,
    parent: undefined,
    files: new Map([[MAYA, before.blobId]]),
    modes: new Map(),
    commits: [source, next],
    versions,
  });
  files.endCommit(source, []);
  expect(files.write(3, MAYA, version('### Home\nPorto, and a boat.\n'))).toBe(true);
  expect(files.write(3, 'sessions/s.txt', { blobId: 'a' })).toBe(true);
  files.endCommit(next, [MAYA, 'sessions/s.txt']);
  return files;
}

test('has every version of a file with and without the source', () => {
  const files = replayed();
  const texts = [1, 2, 3].map((position) => [files.original(position, MAYA)?.text, files.at(position, MAYA)?.text]);
  expect(texts).toEqual([
    [before.text, before.text],
    [after.text, before.text],
    [later.text, '### Home\nPorto, and a boat.\n'],
  ]);
  expect([files.original(3, ZYX), files.at(3, ZYX)]).toEqual([zyx, undefined]);
});

test('knows which files differ from the original, and reports a write that changes nothing', () => {
  const files = replayed();
  expect([...files.everAffected]).toEqual([MAYA, ZYX]);
  expect([1, 2].map((position) => files.isSameAt(position, MAYA))).toEqual([true, false]);
  expect(files.isSameAt(3, 'sessions/s.txt')).toBe(true);
  expect(files.write(3, MAYA, version('### Home\nPorto, and a boat.\n'))).toBe(false);
});

test('words of a file count as removed for its readers; of other files only names and aliases, from the index', () => {
  const files = replayed();
  const words = (...shown: string[]) => [...files.removedWords(3, new Set(shown))];
  expect(words(MAYA)).toEqual(expect.arrayContaining(['zyx', 'quux']));
  expect(words(MAYA)).not.toContain('blacksmith');
  expect(words(MAYA)).not.toContain('porto');
  expect(words(ZYX)).toContain('blacksmith');
  expect([...files.removedWords(3)]).toContain('blacksmith');
  expect([...files.removedWords(1)]).toEqual([]);
});
