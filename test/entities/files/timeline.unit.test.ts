import { expect, test } from 'vitest';
import { addToTimeline, entriesOf, timelineEntry, timelineParts } from '../../../functions/entities/files/timeline.ts';

const PATH = 'memories/people/maya.md';
const FILE = '---\nname: Maya\n---\n\n### Work\nBoats.\n\n### Home\nPorto.\n';

test('the timeline lists new files too, and is read newest first', () => {
  const entry = (id: string, before: string | undefined) =>
    timelineEntry({ id, day: '2026-03-01' }, [{ path: PATH, before, after: FILE }]);
  const file = addToTimeline(addToTimeline(undefined, entry('one', undefined), '2026-03'), entry('two', ''), '2026-03');
  expect(file).toContain(`created Maya (${PATH}): added work, added home`);
  expect(entriesOf(file).map((text) => /Session: (\w+)/.exec(text)?.[1])).toEqual(['two', 'one']);
  expect([...timelineParts(file).values()].join('')).toBe(file);
});
