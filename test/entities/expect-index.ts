import { expect } from 'vitest';
import { indexWrites, isIndexPath } from '../../functions/entities/files/entity-index.ts';

/** Checks that the index entries of a commit are exactly those of its entity files. */
export function expectIndex(texts: ReadonlyMap<string, string>): void {
  expect(new Map([...texts].filter(([path]) => isIndexPath(path)))).toEqual(indexWrites(texts));
}
