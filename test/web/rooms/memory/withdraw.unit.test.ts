import { expect, test } from 'vitest';
import { readInstant } from '../../../../web/parts/query-words.ts';
import {
  addedWords,
  countWords,
  factBody,
  groupFacts,
  readWords,
  scopeLabel,
  totalWords,
  validityOf,
} from '../../../../web/rooms/memory/facts/facts.ts';
import { entityPath, revertPath } from '../../../../web/rooms/memory/paths.ts';
import { planOf, type RevertAnswer } from '../../../../web/rooms/memory/withdraw/revert-plan.ts';
import { withdrawal } from '../../../../web/text/memory-withdrawal.ts';

const NOTHING: RevertAnswer = {
  removed: [],
  restored: [],
  weakened: [],
  entities: {
    commit_id: null,
    changes: [],
    withdrawn: [],
    dropped: [],
    restaged: [],
    of_others: { repositories: 0, commits: 0, changed_files: 0, withdrawn: 0 },
  },
};

test('a dry run is sorted into what leaves, with its reason, and what comes back', () => {
  const block = (id: string, kind: 'added' | 'changed' | 'removed') => ({ block: id, kind, before: null, after: null });
  const withdrawn = { commit_id: 'c', session_id: 's', op: 'append', why: 'says_what_is_gone' } as const;
  const plan = planOf({
    ...NOTHING,
    removed: [
      { id: 'mem_1', text: 'One', derived_from: null },
      { id: 'mem_2', text: 'Two', derived_from: 'mem_1' },
    ],
    restored: ['mem_0'],
    entities: {
      ...NOTHING.entities,
      changes: [
        { path: 'profile.md', kind: 'changed', blocks: [block('own', 'removed'), block('later', 'changed')] },
        { path: 'memories/people/leo.md', kind: 'created', blocks: [block('old', 'added')] },
      ],
      withdrawn: [
        { ...withdrawn, path: 'profile.md', block: 'later' },
        { ...withdrawn, path: 'profile.md', block: 'unseen' },
      ],
    },
  });
  expect(plan.facts.map(({ why }) => why)).toEqual(['own', 'influenced']);
  expect(plan.leaving.map(({ path, blocks }) => [path, blocks.map((one) => one.why)])).toEqual([
    ['profile.md', [undefined, 'says_what_is_gone']],
  ]);
  expect(plan.returning.map(({ path }) => path)).toEqual(['memories/people/leo.md']);
  expect(plan.later.map((change) => change.block)).toEqual(['unseen']);
  expect(plan).toMatchObject({ changes: 6, files: 2, isEmpty: false });
});

test('a source that did nothing has an empty plan; files of others are not nothing', () => {
  expect(planOf(NOTHING).isEmpty).toBe(true);
  const of_others = { ...NOTHING.entities.of_others, changed_files: 1 };
  expect(planOf({ ...NOTHING, entities: { ...NOTHING.entities, of_others } }).isEmpty).toBe(false);
});

test('a receipt counts the facts that stay, in the singular, too', () => {
  expect([1, 2].map(withdrawal.revert.weakened)).toEqual([
    '1 fact lost one confirmation and stays.',
    '2 facts lost one confirmation each and stay.',
  ]);
});

test('addresses carry any path, source and moment, and take no other text for a moment', () => {
  expect(entityPath('memories/people/Zoë #1?.md')).toBe('/memory/memories/people/Zo%C3%AB%20%231%3F.md');
  expect(revertPath('https://example.com/a?b=c#d')).toBe('/memory/revert/https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%23d');
  expect(readInstant('2026-03-12T14:02:00.123456Z')).toBe('2026-03-12T14:02:00.123456Z');
  for (const wrong of ['yesterday', '2026-03-12', '2026-03-12T14:02:00', '2026-99-12T14:02:00Z', ['a'], undefined])
    expect(readInstant(wrong)).toBeUndefined();
});

test('a fact says for whom it is and when it is true, and its form leaves out what is empty', () => {
  expect(scopeLabel({ scope: 'worker', scope_id: 'backend' })).toBe('Worker backend');
  expect(scopeLabel({ scope: 'user', scope_id: 'usr_1' })).toBe('You');
  expect(scopeLabel({ scope: 'sprint', scope_id: 'run_1' })).toBe('One run');
  const at = (from: string, to: string | null) =>
    validityOf({ valid_from: from, valid_to: to }, (one) => one.slice(0, 10), Date.parse('2026-03-12T00:00:00Z'));
  expect(at('2026-03-01T00:00:00Z', null)).toBe('since 2026-03-01');
  expect(at('2026-04-01T00:00:00Z', '2026-05-01T00:00:00Z')).toBe('from 2026-04-01 until 2026-05-01');
  const form = { text: ' A. ', category: '', scope: 'user', scopeId: 'left over', validFrom: '' } as const;
  expect(factBody(form)).toEqual({ text: 'A.', scope: 'user' });
  expect(factBody({ ...form, scope: 'worker', scopeId: 'qa', validFrom: '2026-03-01' })).toMatchObject({
    scope_id: 'qa',
    valid_from: new Date('2026-03-01T00:00:00').toISOString(),
  });
});

test('words of an address are cut to what the server takes', () => {
  expect(readWords('  staging \t database ')).toBe('staging database');
  expect([readWords(undefined), readWords(''), readWords('  ')]).toEqual([undefined, undefined, undefined]);
  expect(readWords('a '.repeat(30))).toBe(Array.from({ length: 20 }, () => 'a').join(' '));
  expect(readWords('x'.repeat(300))).toHaveLength(200);
});

test('a list says how many facts the server counted', () => {
  expect(totalWords({ facts: 1, is_complete: true })).toBe('1 fact');
  expect(totalWords({ facts: 312, is_complete: true })).toBe('312 facts');
  expect(totalWords({ facts: 1000, is_complete: false })).toBe('more than 1,000 facts');
  expect([312, 0].map((facts) => countWords({ facts, is_complete: true }))).toEqual(['312', undefined]);
  expect(countWords({ facts: 1000, is_complete: false })).toBe('1,000+');
});

test('facts that say the same are one row, where the first of them was', () => {
  const facts = ['Port 3000.', 'Express.', 'Port 3000.'].map((text, id) => ({ id, text }));
  expect(groupFacts(facts).map(({ fact, others }) => [fact.id, others.map(({ id }) => id)])).toEqual([
    [0, [2]],
    [1, []],
  ]);
});

test('what became of an added fact is said: it counts, counts later, or is older than another', () => {
  const now = Date.parse('2026-11-30T00:00:00Z');
  const words = (from: string, to: string | null) => addedWords({ valid_from: from, valid_to: to }, (at) => at, now);
  expect(words('2026-11-30T00:00:00Z', null)).toBe('Remembered.');
  expect(words('2026-12-24', null)).toBe('Remembered. It counts from 2026-12-24.');
  expect(words('2026-11-01', '2026-11-20')).toBe('Remembered as older: another fact replaces it since 2026-11-20.');
});
