import { expect } from 'vitest';
import { indexWrites, isIndexPath } from '../../functions/entities/files/entity-index.ts';

/** The index among the files of a commit is the one that its entity files give, and no entry more. */
export function expectIndex(texts: ReadonlyMap<string, string>): void {
  expect(new Map([...texts].filter(([path]) => isIndexPath(path)))).toEqual(indexWrites(texts));
}
