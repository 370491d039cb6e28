import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOperations } from '../../../functions/entities/consolidate/apply-operations.ts';
import { candidateOf } from '../../../functions/entities/consolidate/candidate.ts';
import { findSimilar } from '../../../functions/entities/consolidate/find-similar.ts';
import { mergeEntities, sentencesOf } from '../../../functions/entities/consolidate/merge-entities.ts';
import type { Move, Operation } from '../../../functions/entities/consolidate/operation.ts';
import { proposeLinks } from '../../../functions/entities/consolidate/propose-links.ts';
import { proposeMerges } from '../../../functions/entities/consolidate/propose-merges.ts';
import { checkMoves, proposeMoves, unitsOf } from '../../../functions/entities/consolidate/propose-moves.ts';
import { applyEdits } from '../../../functions/entities/files/edit.ts';
import { markerFaults, parseEntity } from '../../../functions/entities/files/entity-file.ts';
import { addLinks, linksIn, relatedOf, withoutRelated } from '../../../functions/entities/files/links.ts';
import { unmergeFile } from '../../../functions/entities/files/merge-blocks.ts';
import { estimateTokens } from '../../../functions/platform/models/estimate-tokens.ts';
import { create, type NewEntity, saidIn } from './repository.ts';

const MAYA = 'memories/people/maya.md';
const CHEN = 'memories/people/maya_chen.md';
const LEO = 'memories/people/leo.md';

/** Creates files with edits. */
function files(entities: Record<string, NewEntity>): Map<string, string> {
  const edits = Object.entries(entities).map(([path, entity]) => create(path, entity));
  const { files: made, faults } = applyEdits(edits, () => undefined);
  expect(faults).toEqual([]);
  return made;
}
const file = (entity: NewEntity) => files({ [MAYA]: entity }).get(MAYA) ?? '';
const dedupe = (texts: Map<string, string>, more: object = {}) =>
  proposeMerges({ texts, strengths: new Map(), refused: new Set(), left: [], judge: undefined, ...more });
const link = (texts: Map<string, string>, sessions: string[][] = []) =>
  proposeLinks({ texts, sessions, refused: new Set() });
const long = (sentences: number, subject = 'The boat') =>
  Array.from({ length: sentences }, (_, at) => `${subject} has the plank number ${at} of the great deck.`).join('\n');

const word = fc.constantFrom(
  'maya',
  'boat',
  'harbour',
  'sails',
  'hull',
  'tea',
  'Porto',
  'café',
  '2024',
  '[[x]]',
  '/END of',
  '###',
  '---',
  'a: b',
);
const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
const block = fc.record({
  heading: fc.constantFrom('Home', 'Work', 'Sea', 'Home [Strength: High]', '2026-03-03 one', 'Related'),
  lines: fc.array(sentence, { minLength: 1, maxLength: 4 }),
  isMarked: fc.boolean(),
  always: fc.boolean(),
});
/**
 * Files as people and models write them: with and without markers, with extra fields, text before the first block,
 * CRLF.
 */
const source = fc
  .record({
    name: fc.constantFrom('Maya', 'Maya Chen', 'M. "C", [x]', 'Máya'),
    fields: fc.array(
      fc.constantFrom('role: captain', 'role: baker', 'mood: [sic]', 'aliases: [May, Chen]', 'status: active'),
      { maxLength: 3 },
    ),
    intro: fc.array(fc.constantFrom('# Maya', 'She was born in 1980.', '## About'), { maxLength: 2 }),
    blocks: fc.array(block, { minLength: 1, maxLength: 5 }),
    hasHead: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
  })
  .map(({ name, fields, intro, blocks, hasHead, lineEnd }) => {
    const head = hasHead ? ['---', `name: ${name}`, 'type: person', ...new Set(fields), '---', ''] : [];
    const body = blocks.flatMap(({ heading, lines, isMarked, always }) => {
      const title = `### ${heading}${always ? ' [ALWAYS_LOAD]' : ''}`;
      const inert = lines.map((line) => line.replace(/^(?=\/END|###)/, ' '));
      return isMarked ? ['/START', title, ...inert, '/END', ''] : [title, ...inert, ''];
    });
    return [...head, ...intro, ...body].join(lineEnd);
  })
  .filter((text) => markerFaults(text).length === 0);

describe('mergeEntities', () => {
  test('keeps every sentence, field and name of both files', () => {
    fc.assert(
      fc.property(source, source, (one, other) => {
        const merged = mergeEntities({ path: MAYA, text: one }, { path: CHEN, text: other });
        const all = new Set(merged.split('\n').flatMap(sentencesOf));
        const words = merged.replaceAll(/\s+/g, ' ');
        for (const text of [one, other]) {
          for (const { text: said, id } of parseEntity(text).blocks) {
            if (id === 'related') continue;
            for (const sentence of said.split('\n').flatMap(sentencesOf)) expect(all).toContain(sentence);
          }
          expect(words).toContain(parseEntity(text).frontmatter.name ?? '');
          for (const field of [
            'role: captain',
            'role: baker',
            'mood: [sic]',
            'status: active',
            'She was born in 1980.',
          ])
            if (text.includes(field)) expect(merged).toContain(field);
        }
        expect(merged.includes('[ALWAYS_LOAD]')).toBe(`${one}${other}`.includes('[ALWAYS_LOAD]'));
        const { aliases, name } = parseEntity(merged).frontmatter;
        expect([name, ...aliases]).toContain('maya_chen');
      }),
      { numRuns: 300 },
    );
  });

  test('keeps a block that both files have once, and the stronger one when the strengths differ', () => {
    const one = file({ name: 'Maya', blocks: { Home: 'She lives in Porto. She has 2 cats.', Sea: 'She sails.' } });
    const other = one
      .replace('### Sea [Strength: Low]', '### Sea [Strength: High]')
      .replace('She lives in Porto. ', '');
    const merged = mergeEntities({ path: MAYA, text: one }, { path: CHEN, text: other });
    expect(parseEntity(merged).blocks.map(({ id, strength }) => [id, strength])).toEqual([
      ['home', 'low'],
      ['sea', 'low'],
      ['sea-2', 'high'],
    ]);
  });

  test('cannot be applied to files of different types, missing files, the profile, or files that are too large together', () => {
    const texts = files({
      [MAYA]: { name: 'Maya', blocks: { One: 'x'.repeat(19_000), Two: 'y'.repeat(19_000) } },
      [CHEN]: { name: 'Maya', blocks: { Three: 'z'.repeat(19_000), Four: 'w'.repeat(19_000) } },
      'memories/contexts/maya.md': { name: 'Maya', type: 'project', blocks: { Plan: 'A boat.' } },
    });
    const merge = (path: string, into: string): Operation => ({ op: 'merge', path, into, reason: 'x', confidence: 1 });
    texts.set('profile.md', texts.get(CHEN) ?? '');
    for (const operation of [
      merge('profile.md', MAYA),
      merge(CHEN, 'profile.md'),
      merge(CHEN, MAYA),
      merge('memories/contexts/maya.md', MAYA),
      merge(LEO, MAYA),
      merge(MAYA, MAYA),
    ]) {
      const done = applyOperations([operation], texts);
      expect(done.faults).toHaveLength(1);
      expect(done.texts).toEqual(texts);
    }
  });
});

describe('findSimilar', () => {
  const pairs = (texts: Map<string, string>) =>
    findSimilar([...texts].map(([path, text]) => candidateOf(path, text))).map(({ one, other, isCertain }) => [
      one.path,
      other.path,
      isCertain,
    ]);

  test('finds files by name, alias, spelling and file name with something in common, but not of another type or number, nor the profile', () => {
    const day = { Plan: 'Fireworks above the lighthouse quay.' };
    const rare = { Work: 'The Zanzibar regatta needs varnish.' };
    const texts = files({
      'profile.md': { name: 'Maya', blocks: rare },
      [MAYA]: { name: 'Maya', blocks: { Home: 'Porto.' } },
      [CHEN]: { name: 'Maya Chen', aliases: ['Maya'], blocks: { Work: 'Hulls.' } },
      'memories/people/catherine.md': { name: 'Catherine', blocks: rare },
      'memories/people/cathrine.md': { name: 'Cathrine', blocks: rare },
      'memories/people/bob.md': { name: 'Bob', blocks: { Home: 'Faro.' } },
      'memories/people/bob_smith.md': { name: 'Bob Smith', blocks: { Home: 'Lagos.' } },
      'memories/contexts/maya.md': { name: 'Maya', type: 'project', blocks: { Plan: 'A boat.' } },
      'memories/events/2026_05_07_launch.md': { name: 'Launch 2026-05-07', type: 'event', blocks: day },
      'memories/events/2026_06_01_launch.md': { name: 'Launch 2026-06-01', type: 'event', blocks: day },
    });
    expect(pairs(texts)).toEqual([
      // The project has the same name, so the pair is not certain.
      [MAYA, CHEN, false],
      ['memories/people/catherine.md', 'memories/people/cathrine.md', false],
    ]);
    texts.delete('memories/contexts/maya.md');
    expect(pairs(texts)[0]).toEqual([MAYA, CHEN, true]);
  });
});

describe('proposeMerges by rules', () => {
  test('merges files with the same name, unless a third file uses the name as well', async () => {
    const one = files({
      [MAYA]: { name: 'Maya Chen', blocks: { Home: 'She lives near the tower of Porto.' } },
      [CHEN]: { name: 'Maya Chen', blocks: { Work: 'Hulls.' } },
    });
    expect((await dedupe(one)).operations).toMatchObject([{ path: CHEN, into: MAYA }]);
    const three = files({
      [MAYA]: { name: 'Maya', blocks: { Home: 'Porto.' } },
      [CHEN]: { name: 'Maya Chen', aliases: ['Maya'], blocks: { Work: 'Hulls.' } },
      'memories/people/maya_lopez.md': { name: 'Maya Lopez', aliases: ['Maya'], blocks: { Work: 'Bread.' } },
    });
    expect((await dedupe(three)).operations).toEqual([]);
  });

  test('keeps files whose sentences contradict, with the reason', async () => {
    const texts = files({
      [MAYA]: { name: 'Maya', blocks: { Home: 'I live in Porto.' } },
      [CHEN]: { name: 'Maya', blocks: { Home: 'I live in Oslo.' } },
    });
    const plan = await dedupe(texts);
    expect(plan).toMatchObject({
      operations: [],
      left: [{ paths: [MAYA, CHEN], reason: expect.stringContaining('contradict') }],
    });
    // It is compared again only after a file has changed.
    const again = await dedupe(texts, { left: plan.left });
    expect(again.left).toEqual(plan.left);
    texts.set(CHEN, (texts.get(CHEN) ?? '').replace('Oslo', 'Porto'));
    expect((await dedupe(texts, { left: plan.left })).operations).toHaveLength(1);
  });
});

describe('proposeMoves', () => {
  const blocksOf = (texts: Map<string, string>) =>
    [...texts.values()]
      .flatMap((text) =>
        parseEntity(text)
          .blocks.filter(({ id }) => id !== 'related')
          .map(({ raw }) => raw.trim()),
      )
      .sort();
  const months = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`2026-${String((at % 12) + 1).padStart(2, '0')}-01 s${at}`, long(20)]),
    );
  const run = (texts: Map<string, string>, more: object = {}) =>
    proposeMoves({ texts, softCap: 2000, refused: new Set(), left: [], plan: undefined, ...more });

  test('moves whole blocks by rules, the oldest first, until all files are under the cap; links both ways; a second run moves nothing', async () => {
    const texts = files({
      [MAYA]: { name: 'Maya', blocks: { About: 'She builds boats.', ...months(20) } },
      [LEO]: { name: 'Leo', blocks: { A: 'B.' } },
    });
    const plan = await run(texts);
    const { texts: after, faults } = applyOperations(plan.operations, texts);
    expect(faults).toEqual([]);
    expect(blocksOf(after)).toEqual(blocksOf(texts));
    const parts = [...after.keys()].filter((path) => path.includes('_part_'));
    expect(parts.length).toBeGreaterThan(2);
    for (const text of after.values()) expect(estimateTokens(text)).toBeLessThanOrEqual(2000);
    expect(relatedOf(after.get(MAYA) ?? '').sort()).toEqual(parts.sort());
    for (const path of parts) expect(relatedOf(after.get(path) ?? '')).toEqual([MAYA]);
    // The undated first block stays longer than dated blocks.
    expect(after.get(MAYA)).toContain('She builds boats.');
    expect(after.get(MAYA)).not.toContain('2026-01-01');
    expect((await run(after)).operations).toEqual([]);
    // A part describes the same entity and is not merged back.
    expect(
      (await dedupe(after, { judge: async () => ({ isSame: true, confidence: 1, reason: 'x' }) })).operations,
    ).toEqual([]);
  });

  test('keeps every block of any file', async () => {
    await fc.assert(
      fc.asyncProperty(source, fc.integer({ min: 60, max: 400 }), async (text, softCap) => {
        const texts = new Map([[MAYA, text]]);
        const plan = await run(texts, { softCap });
        const { texts: after, faults } = applyOperations(plan.operations, texts);
        expect(faults).toEqual([]);
        const words = (all: Map<string, string>) =>
          [...all.values()]
            .flatMap((each) =>
              parseEntity(withoutRelated(each)).blocks.map(({ heading, text: said }) => `${heading} ${said}`),
            )
            .sort();
        expect(words(after)).toEqual(words(texts));
      }),
      { numRuns: 200 },
    );
  });

  test('keeps always-load blocks, the profile, and blocks whose move was undone', async () => {
    const texts = files({ [MAYA]: { name: 'Maya', blocks: months(8) } });
    const text = texts.get(MAYA) ?? '';
    expect(
      unitsOf(text.replace('### 2026-01-01', '### [ALWAYS_LOAD] 2026-01-01')).map(({ ids }) => ids[0]),
    ).not.toContain('2026_01_01_s0');
    const profile = new Map([['profile.md', text]]);
    expect((await run(profile)).operations).toEqual([]);
    const refused = new Set(unitsOf(text).flatMap(({ ids }) => ids.map((id) => `move ${MAYA} ${id}`)));
    expect(await run(texts, { refused })).toMatchObject({ operations: [], left: [{ paths: [MAYA] }] });
  });

  test('checks every move of a plan', () => {
    const texts = files({
      [MAYA]: { name: 'Maya', blocks: { Home: long(10), Work: long(10), Sea: long(10) } },
      [LEO]: { name: 'Leo', blocks: { Home: long(130) } },
    });
    const text = `${texts.get(MAYA) ?? ''}\n/START\n### Home [ALWAYS_LOAD]\nx\n/END\n/START\n### Work\ny\n/END\n`;
    texts.set(MAYA, text);
    const longFile = { path: MAYA, text, units: unitsOf(text), softCap: 2000, texts };
    const move = (more: Partial<Move>): Move => ({
      op: 'move',
      path: MAYA,
      into: CHEN,
      create: { name: 'x', type: 'person' },
      blocks: ['sea'],
      reason: 'x',
      ...more,
    });
    const faultsOf = (...moves: Move[]) =>
      checkMoves(longFile, moves).faults.map((fault) => fault.replace(/^move \d+: /, ''));
    expect(faultsOf(move({ path: LEO }))).toEqual(['only blocks of this file can be moved']);
    expect(faultsOf(move({ into: 'profile.md' }))).toEqual(['the profile cannot be a target']);
    expect(faultsOf(move({ blocks: ['nothing'] }))[0]).toContain('cannot be moved');
    expect(faultsOf(move({ blocks: [''] }))[0]).toContain('cannot be moved');
    expect(faultsOf(move({ blocks: ['home'] }))[0]).toContain('cannot be moved');
    expect(faultsOf(move({ blocks: ['work'] }))[0]).toContain('the blocks of one heading stay together');
    expect(faultsOf(move({ blocks: ['sea', 'sea'] }))).toEqual(['a block is named twice']);
    expect(faultsOf(move({}), move({ into: LEO }))[0]).toContain('already moved');
    expect(faultsOf(move({ into: LEO, create: null }))[0]).toContain('more than 2000');
    expect(faultsOf(move({ into: 'memories/people/nobody.md', create: null }))).toEqual(['the file does not exist']);
    expect(faultsOf(move({ into: MAYA }))).toEqual(['the file does not exist']);
    expect(faultsOf(move({ blocks: ['sea', 'work', 'work-2'] }))).toEqual([]);
  });
});

describe('links', () => {
  const texts = () =>
    files({
      [MAYA]: { name: 'Maya Chen', blocks: { Work: 'Leo taught her. She will sail.' } },
      [LEO]: { name: 'Leo', blocks: { Home: 'He knows Will.' } },
      'memories/people/will.md': { name: 'Will', blocks: { Home: 'He bakes.' } },
      'memories/people/ana.md': { name: 'Ana', blocks: { Home: 'She rows with the people of the harbour.' } },
      'profile.md': { name: 'Me', blocks: { Friends: 'I know Ana and Will.', Team: 'Ana and Will row.' } },
    });

  test('are proposed both ways between entities that name each other or are mentioned together, and not for the profile', () => {
    const before = texts();
    const { texts: after } = applyOperations(
      link(before, [
        [MAYA, 'memories/people/ana.md'],
        ['memories/people/ana.md', MAYA, 'profile.md'],
      ]).operations,
      before,
    );
    expect(Object.fromEntries([...after].map(([path, text]) => [path, relatedOf(text)]))).toEqual({
      [MAYA]: [LEO, 'memories/people/ana.md'],
      [LEO]: [MAYA, 'memories/people/will.md'],
      'memories/people/will.md': [LEO, 'memories/people/ana.md'],
      'memories/people/ana.md': [MAYA, 'memories/people/will.md'],
      'profile.md': [],
    });
    for (const [path, text] of before) {
      // Only a block is added at the end.
      expect(after.get(path)?.startsWith(text.trimEnd())).toBe(true);
      expect(withoutRelated(after.get(path) ?? '').trimEnd()).toBe(text.trimEnd());
    }
    expect(
      link(after, [
        [MAYA, 'memories/people/ana.md'],
        ['memories/people/ana.md', MAYA],
      ]).operations,
    ).toEqual([]);
  });

  test('are not proposed for one common session, one common block or an ambiguous name', () => {
    const before = texts();
    before.set('memories/people/will_b.md', file({ name: 'Will', blocks: { Home: 'He sings.' } }));
    const plan = link(before, [[MAYA, 'memories/people/ana.md']]);
    expect(plan.operations.map(({ path }) => path).sort()).toEqual([LEO, MAYA]);
  });

  test('are a set: adding a link twice adds it once, to the existing block or a new one', () => {
    fc.assert(
      fc.property(source, fc.subarray([MAYA, CHEN, LEO], { minLength: 1 }), (text, targets) => {
        const once = addLinks(text, targets);
        expect(addLinks(once, targets)).toBe(once);
        for (const target of targets) expect(relatedOf(once)).toContain(target);
        expect(markerFaults(once)).toEqual(markerFaults(text));
        expect(parseEntity(once).preamble.trimEnd()).toBe(parseEntity(text).preamble.trimEnd());
        const kept = (all: string) =>
          parseEntity(all)
            .blocks.filter(({ id }) => id !== 'related')
            .map(({ id, text: said }) => `${id} ${said}`);
        expect(kept(once)).toEqual(kept(text));
      }),
      { numRuns: 200 },
    );
  });

  test('are paths of entities only', () => {
    expect(
      linksIn(
        '[[memories/people/leo.md]] [[memories/people/leo.md|Leo]] [[../etc/passwd.md]] [[sessions/x.md]] [[index.json]] [x](y)',
      ),
    ).toEqual([LEO]);
  });
});

describe('unmergeFile', () => {
  const undo = (before: string | undefined, after: string | undefined, now: string | undefined) =>
    unmergeFile({ path: MAYA, before, after, now });

  test('restores the earlier text when nothing has changed since, for any change', () => {
    const text = fc.option(source, { nil: undefined });
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(undo(before, after, after)).toEqual({ text: before });
      }),
    );
  });

  test('deletes a new file but keeps later blocks, and restores a deleted file beside a new one', () => {
    const made = file({ name: 'Maya', blocks: { Home: 'Porto.' } });
    const more = `${made}\n/START\n### News\nA van.\n/END\n`;
    expect(undo(undefined, made, made)).toEqual({ text: undefined });
    const kept = undo(undefined, made, more);
    expect('text' in kept && kept.text).toContain('A van.');
    expect('text' in kept && kept.text).not.toContain('Porto');
    expect(undo(undefined, made, made.replace('Porto', 'Faro'))).toMatchObject({ conflicts: [{ block: 'home' }] });
    const again = file({ name: 'Maya', blocks: { Sea: 'She sails.' } });
    const both = undo(made, undefined, again);
    expect('text' in both && [...saidIn([both.text ?? ''])].sort()).toEqual(['Porto', 'She sails']);
    expect(undo(made, again, undefined)).toMatchObject({ conflicts: [{ block: '', branch: undefined }] });
  });

  test('removes the links that were added and keeps later ones', () => {
    const before = addLinks(file({ name: 'Maya', blocks: { Home: 'Porto.' } }), [LEO]);
    const after = addLinks(before, [CHEN]);
    const now = addLinks(after, ['memories/people/ana.md']);
    const undone = undo(before, after, now);
    expect('text' in undone && relatedOf(undone.text ?? '').sort()).toEqual(['memories/people/ana.md', LEO]);
  });
});

describe('names with the same letters', () => {
  const [HUNG, OTHER] = ['memories/people/hung.md', 'memories/people/hung_abcdefgh.md'];
  const certain = (texts: Map<string, string>) =>
    findSimilar([...texts].map(([path, text]) => candidateOf(path, text))).filter(({ isCertain }) => isCertain);

  test('are not merged without a model, and equal names are', () => {
    const blocks = { Sea: 'The Zanzibar regatta needs varnish.' };
    for (const [one, other] of [
      ['Hùng', 'Hưng'],
      ['C++ team', 'C# team'],
      ['राम', 'रमा'],
    ] as const)
      expect(certain(files({ [HUNG]: { name: one, blocks }, [OTHER]: { name: other, blocks } }))).toEqual([]);
    expect(certain(files({ [HUNG]: { name: 'Hùng', blocks }, [OTHER]: { name: 'HÙNG', blocks } }))).toHaveLength(1);
  });
});

test('fields that are not YAML do not spoil the frontmatter of the surviving file', () => {
  const one = '---\r\nname: Maya # nick\r\naliases: [May]\r\n---\r\n\r\n### A\r\nx\r\n';
  const other = '---\nname: "Chen: M"\nborn: [sic] 1980\n---\n\n### B\ny\n';
  const merged = mergeEntities({ path: MAYA, text: one }, { path: CHEN, text: other });
  expect(
    merged.startsWith('---\r\nname: Maya # nick\r\naliases: [May, "Chen: M", maya_chen]\r\n---\r\n\r\n### A\r\nx\r\n'),
  ).toBe(true);
  expect(merged.replaceAll('\r\n', '')).not.toContain('\n');
  expect(merged).toContain('born: [sic] 1980');
});
