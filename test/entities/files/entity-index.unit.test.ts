import { expect, test } from 'vitest';
import {
  entityOfEntry,
  indexEntry,
  indexPath,
  indexWrites,
  readEntry,
  writeEntry,
} from '../../../functions/entities/files/entity-index.ts';

const PATH = 'memories/people/maya.md';
const FILE = '---\nname: Maya\naliases: [May]\n---\n\n### Work [Strength: High] [ALWAYS_LOAD]\nBoats.\n';

test('the index entry of a file has its path and content; a removed file has none', () => {
  const kept = indexPath(PATH);
  expect([kept, indexPath('profile.md')]).toEqual(['index/memories/people/maya.json', 'index/profile.json']);
  expect([entityOfEntry(kept), entityOfEntry('index/profile.json')]).toEqual([PATH, 'profile.md']);
  for (const other of ['index.json', 'index/x.json', 'index/index/profile.json', 'index/profile.md', 'x/profile.json'])
    expect([other, entityOfEntry(other)]).toEqual([other, undefined]);
  const writes = indexWrites(
    new Map([
      [PATH, FILE],
      ['memories/people/leo.md', undefined],
      ['timeline/2026-03.md', 'no entity'],
    ]),
  );
  expect([...writes.keys()]).toEqual([kept, 'index/memories/people/leo.json']);
  expect(readEntry(writes.get(kept) ?? '')).toEqual(indexEntry(PATH, FILE));
  expect(writes.get('index/memories/people/leo.json')).toBeUndefined();
  expect(writeEntry(indexEntry(PATH, FILE))).toBe(writes.get(kept));
  expect(['{"version": 2}', 'not json', ''].map(readEntry)).toEqual([undefined, undefined, undefined]);
});
