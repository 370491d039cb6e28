import { expect, test } from 'vitest';
import { applyEdits, Edit } from '../../../functions/entities/files/edit.ts';
import { replayEdits } from '../../../functions/entities/withdrawal/replay-edits.ts';

const PATH = 'memories/people/maya.md';
const edit = (value: object) => Edit.parse({ path: PATH, ...value });
const create = edit({ op: 'create', name: 'Maya', type: 'person', blocks: [{ heading: 'Home', text: 'Porto.' }] });
const append = (heading: string, text: string) => edit({ op: 'append', block: { heading, text } });
const replace = (search: string, replacement: string) => edit({ op: 'replace', search, replacement });
const after = (...edits: Edit[]) => applyEdits(edits, () => undefined).files.get(PATH);

/**
 * Replays edits that were proposed on `original`. `base` and `target` are the replayed file at the base of the session,
 * and just before its commit.
 */
const replay = (
  edits: Edit[],
  files: { original?: string | undefined; base?: string | undefined; target?: string | undefined },
  refused?: Edit,
) =>
  replayEdits(edits, {
    original: () => files.original,
    base: () => files.base,
    target: () => ('target' in files ? files.target : files.base),
    refusalReason: (each) => (each === refused ? 'says_what_is_gone' : undefined),
    saidName: () => undefined,
  });

const FRIEND = append('Friend', 'Zyx.');

test('applies edits to the file without the source', () => {
  const boat = append('Boat', 'Oak.');
  const { changes, edits, withdrawn } = replay([boat], { original: after(create, FRIEND), base: after(create) });
  expect(changes).toEqual([{ path: PATH, before: after(create), after: after(create, boat) }]);
  expect([edits, withdrawn]).toEqual([[boat], []]);
});

test('withdraws an edit of a text that does not exist without the source; the other edits of the file stay', () => {
  const [lost, boat] = [replace('Zyx.', 'Zyx, a friend.'), append('Boat', 'Oak.')];
  const { changes, edits, withdrawn } = replay([lost, boat], { original: after(create, FRIEND), base: after(create) });
  expect(changes).toMatchObject([{ after: after(create, boat) }]);
  expect(edits).toEqual([boat]);
  expect(withdrawn).toEqual([{ path: PATH, block: 'friend', op: 'replace', why: 'text_gone' }]);
});

test('withdraws a refused edit; the other edits of the file stay', () => {
  const [cats, boat] = [append('Cats', 'Gifts of Zyx.'), append('Boat', 'Oak.')];
  const { edits, withdrawn } = replay([cats, boat], { original: after(create, FRIEND), base: after(create) }, cats);
  expect(edits).toEqual([boat]);
  expect(withdrawn).toEqual([{ path: PATH, block: 'cats', op: 'append', why: 'says_what_is_gone' }]);
});

test('withdraws edits that contradict the target, although they apply to their base', () => {
  const edits = [replace('Porto.', 'Lisbon.')];
  const files = { original: after(create), base: after(create), target: after(create)?.replace('Porto.', 'Faro.') };
  const { changes, withdrawn } = replay(edits, files);
  expect(changes).toEqual([]);
  expect(withdrawn).toEqual([{ path: PATH, block: 'home', op: 'replace', why: 'conflict' }]);
});

test('an append to a file that only the source created creates it with default frontmatter', () => {
  const { changes, edits } = replay([append('Boat', 'Oak.')], { original: after(create), base: undefined });
  expect(edits).toMatchObject([{ op: 'create', name: 'Maya', type: 'person', aliases: [] }]);
  expect(changes).toMatchObject([{ path: PATH, before: undefined, after: expect.stringContaining('Oak.') }]);
});

test('a create of a file that exists appends its blocks', () => {
  const { changes, edits } = replay([create], { base: after(edit({ ...create, blocks: FRIEND_BLOCKS })) });
  expect(edits).toMatchObject([{ op: 'append', block: { heading: 'Home' } }]);
  expect(changes[0]?.after).toMatch(/Zyx\.[\s\S]*Porto\./);
});

const FRIEND_BLOCKS = [{ heading: 'Friend', text: 'Zyx.' }];

test('an append to a file that only the source created creates it with the name that the session says', () => {
  const boat = append('Boat', 'Oak.');
  const { changes } = replayEdits([boat], {
    original: () => after(create),
    base: () => undefined,
    target: () => undefined,
    refusalReason: () => undefined,
    saidName: (path) => (path === PATH ? 'Māya' : undefined),
  });
  expect(changes[0]?.after).toContain('name: Māya\ntype: person\n');
});
