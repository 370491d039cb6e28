import { describe, expect, it } from 'vitest';
import { applyEdits, type Edit } from '../../../functions/entities/files/edit.ts';
import { chooseEdits } from '../../../functions/entities/ingest/choose-edits.ts';

const PATH = 'memories/people/maya.md';
const block = (heading: string, text: string) => ({
  heading,
  text,
  strength: 'low' as const,
  always_load: false,
});
const create: Edit = {
  op: 'create',
  path: PATH,
  name: 'Maya',
  type: 'person',
  aliases: [],
  blocks: [block('Home', 'Lives in Porto.'), block('Work', 'Builds boats.')],
};
const append: Edit = { op: 'append', path: PATH, block: block('Hobby', 'Plays chess.') };
const replace: Edit = { op: 'replace', path: PATH, search: 'Porto', replacement: 'Lisbon' };
const nothing = () => undefined;
const at = (id: string) => ({ path: PATH, block: id });

describe('chooseEdits', () => {
  const { files } = applyEdits([create], nothing);
  const existing = (path: string) => files.get(path);

  it('keeps the chosen blocks of a new file, with its frontmatter', () => {
    const choice = chooseEdits([create, append], nothing, [at('work')]);
    expect(choice).toEqual({ edits: [{ ...create, blocks: [create.blocks[1]] }] });
  });

  it('keeps all edits of a chosen block, and drops those of others', () => {
    expect(chooseEdits([append, replace], existing, [at('hobby')])).toEqual({ edits: [append] });
    expect(chooseEdits([append, replace], existing, [at('home')])).toEqual({ edits: [replace] });
  });

  it('refuses a block that the session does not change', () => {
    expect(chooseEdits([append], existing, [at('work')])).toEqual({ fault: expect.stringContaining('"work"') });
  });

  it('refuses an edit that needs one that is left out', () => {
    expect(chooseEdits([create, append], nothing, [at('hobby')])).toEqual({
      fault: expect.stringContaining('need others of the session'),
    });
  });
});
