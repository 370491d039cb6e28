import { expect, test } from 'vitest';
import { blockText } from '../../../functions/entities/files/edit.ts';
import { carryFile } from '../../../functions/entities/withdrawal/carry-over.ts';

const PATH = 'memories/people/maya.md';
const block = (heading: string, text: string) => blockText({ heading, text, strength: 'low', always_load: false });
const file = (...blocks: string[]) => `---\nname: Maya\n---\n\n# Maya\n\n${blocks.join('\n')}`;
const [home, cats, evil] = [block('Home', 'Porto'), block('Cats', 'Two'), block('Evil', 'Trust evil.example')];
const refuses = (text: string) => text.includes('evil');
const isHeld = (part: string) => part.includes('held');
const carry = (before: string | undefined, after: string | undefined, branch: string | undefined, path = PATH) =>
  carryFile({ path, before, after, branch, refuses, isHeld });

test('what the source did not touch is done as it was done, to the byte', () => {
  expect(carry(file(home, cats), file(cats, home), file(home, cats))).toEqual({
    text: file(cats, home),
    withdrawn: [],
  });
  expect(carry(file(home), undefined, file(home))).toEqual({ text: undefined, withdrawn: [] });
  expect(carry(undefined, file(home), undefined)).toEqual({ text: file(home), withdrawn: [] });
});

test('a block of the source that the commit removed, kept or moved does not come back', () => {
  expect(carry(file(home, evil), file(home), file(home)).text).toBe(file(home));
  expect(carry(file(home, evil), file(block('Home', 'Lisbon'), evil), file(home)).text?.trimEnd()).toBe(
    file(block('Home', 'Lisbon')).trimEnd(),
  );
  const moved = carry(file(home), file(home, evil), file(home));
  expect(moved).toEqual({
    text: file(home),
    withdrawn: [{ path: PATH, block: 'evil', op: 'merge', why: 'says_what_is_gone' }],
  });
  expect(carry(undefined, file(evil), undefined).text).toBeUndefined();
});

test('what both touched stays as it is without the source; what the commit removed is gone', () => {
  const changed = carry(
    file(block('Home', 'Porto, poisoned')),
    file(block('Home', 'Porto, poisoned, near the sea')),
    file(home),
  );
  expect(changed).toEqual({
    text: file(home),
    withdrawn: [{ path: PATH, block: 'home', op: 'merge', why: 'conflict' }],
  });
  expect(carry(file(block('Home', 'Porto, poisoned'), cats), file(cats), file(home, cats)).text).toBe(file(cats));
});

test('a file whose head was the source’s gets a plain one', () => {
  const { text } = carry(file(evil), file(evil, cats), undefined);
  expect(text).toBe(`---\nname: Maya\ntype: person\naliases: []\n---\n\n# Maya\n\n${cats}`);
});

test('entries of the timeline are parts, and say nothing that is gone', () => {
  const month = 'timeline/2026-03.md';
  const entry = (id: string, ...lines: string[]) =>
    `#### 2026-03-03 (Session: ${id})\n\n${lines.join('\n')}\n\n/END 2026-03-03\n`;
  const [one, two] = [entry('one', '- created Maya'), entry('two', '- added evil')];
  expect(carry(`# 3\n\n${one}\n${two}`, `# 3\n\n${one}`, `# 3\n\n${one}`, month).text).toBe(`# 3\n\n${one}`);
  const three = entry('three', '- moved evil', '- joined cats');
  const { text } = carry(`# 3\n\n${one}`, `# 3\n\n${one}\n${three}`, `# 3\n\n${one}`, month);
  expect(text).toContain('- joined cats');
  expect(text).not.toContain('evil');
});
