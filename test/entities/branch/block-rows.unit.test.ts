import { expect, test } from 'vitest';
import { BlockHistory, changeBlocks } from '../../../functions/entities/branch/block-rows.ts';
import { blockText } from '../../../functions/entities/files/edit.ts';

const MAYA = 'memories/people/maya.md';
const LEO = 'memories/people/leo.md';
const file = (...blocks: [heading: string, text: string][]) =>
  blocks.map(([heading, text]) => blockText({ heading, text, strength: 'low', always_load: false })).join('\n');
const commit = (number: number) => ({ commitId: `c${number}`, at: `2026-03-0${number}T00:00:00Z` });
const keys = (rows: readonly { path: string; block: string; commit_id: string }[]) =>
  rows.map(({ path, block, commit_id: by }) => `${path}#${block} by ${by}`);

const current = changeBlocks([], new Map([[MAYA, file(['Home', 'Porto'], ['Boat', 'oak'])]]), commit(1)).begun;

test('begins the blocks of a new file, with the commit and its time', () => {
  expect(current).toMatchObject([
    { path: MAYA, block: 'home', text: 'Porto', strength: 'low', always_load: false, commit_id: 'c1' },
    { path: MAYA, block: 'boat', text: 'oak', valid_from: '2026-03-01T00:00:00Z' },
  ]);
});

test('ends and begins only the blocks that changed', () => {
  const texts = new Map([[MAYA, file(['Home', 'Lisbon'], ['Boat', 'oak'], ['Cats', 'two'])]]);
  const { ended, begun } = changeBlocks(current, texts, commit(2));
  expect([keys(ended), keys(begun)]).toEqual([[`${MAYA}#home by c1`], [`${MAYA}#home by c2`, `${MAYA}#cats by c2`]]);
});

test('a block that moves to another file keeps the commit that wrote it', () => {
  const texts = new Map([
    [MAYA, file(['Home', 'Porto'])],
    [LEO, file(['Boat', 'oak'])],
  ]);
  const { ended, begun } = changeBlocks(current, texts, commit(2));
  expect([keys(ended), keys(begun)]).toEqual([[`${MAYA}#boat by c1`], [`${LEO}#boat by c1`]]);
});

test('ends all blocks of a removed file', () => {
  const { ended, begun } = changeBlocks(current, new Map([[MAYA, undefined]]), commit(2));
  expect([ended.length, begun.length]).toEqual([2, 0]);
});

test('a rewritten history ends each block at the commit that changed it', () => {
  const history = new BlockHistory(current);
  history.add(commit(2), new Map([[MAYA, file(['Home', 'Lisbon'], ['Boat', 'oak'])]]));
  history.add(commit(3), new Map([[MAYA, file(['Home', 'Faro'])]]));
  history.add(commit(4), new Map([[LEO, file(['Boat', 'pine'])]]));
  expect(history.ended).toEqual([
    { path: MAYA, block: 'home', at: commit(2).at },
    { path: MAYA, block: 'boat', at: commit(3).at },
  ]);
  expect(history.begun).toMatchObject([
    { block: 'home', text: 'Lisbon', valid_from: commit(2).at, valid_to: commit(3).at },
    { block: 'home', text: 'Faro', valid_from: commit(3).at, valid_to: undefined },
    { path: LEO, block: 'boat', text: 'pine', commit_id: 'c4', valid_to: undefined },
  ]);
});
