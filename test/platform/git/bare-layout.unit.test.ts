import { describe, expect, test } from 'vitest';
import { isBareLayout, partsOfBareRepositories } from '../../../functions/platform/git/bare-layout.ts';

const partsOf = (paths: string[]) => paths.filter(partsOfBareRepositories(paths));

describe('a folder that git takes for a repository', () => {
  test.each([
    [
      ['HEAD', 'objects/x', 'refs/y', 'config', 'src/main.c'],
      ['HEAD', 'objects/x', 'refs/y', 'config'],
    ],
    [
      ['a/HEAD', 'a/objects', 'a/refs', 'a/hooks/x', 'b/HEAD'],
      ['a/HEAD', 'a/objects', 'a/refs', 'a/hooks/x'],
    ],
    [
      ['w/HEAD', 'w/commondir', 'w/x'],
      ['w/HEAD', 'w/commondir'],
    ],
    [
      ['A/head', 'a/OBJECTS/x', 'a/refs. /y'],
      ['A/head', 'a/OBJECTS/x', 'a/refs. /y'],
    ],
    [
      ['x/H\u200dEAD', 'x/objects/y', 'x/refs/z'],
      ['x/H\u200dEAD', 'x/objects/y', 'x/refs/z'],
    ],
  ])('has these parts: %j', (paths, parts) => expect(partsOf(paths)).toEqual(parts));

  test.each([
    [['HEAD', 'objects/x']],
    [['HEAD', 'a/objects/x', 'a/refs/y']],
    [['HEAD/x', 'objects/x', 'refs/x']],
    [['AHEAD', 'objects/x', 'refs/x', 'config']],
  ])('is none: %j', (paths) => expect(partsOf(paths)).toEqual([]));

  test('is recognised by its entries', () => {
    expect(isBareLayout(['HEAD', 'objects', 'refs', 'config'])).toBe(true);
    expect(isBareLayout(['config', 'objects', 'refs'])).toBe(false);
  });
});
