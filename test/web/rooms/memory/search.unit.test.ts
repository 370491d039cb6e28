import { expect, test } from 'vitest';
import { answerPieces } from '../../../../web/rooms/memory/search/answer-pieces.ts';
import { chipsOf, saidWords } from '../../../../web/rooms/memory/search/chips.ts';

const asked = { query: 'Where does Maja live since the Postgres move?', corrected: [{ word: 'maja', name: 'maya' }] };
const labels = (chips: { label: string; words?: string }[]) =>
  chips.map(({ label, words }) => (words === undefined ? label : `${label} ${words}`));

test('a fact says the words that it shares with the query, in its own spelling', () => {
  const hit = { kind: 'fact', text: 'Billing moved to POSTGRES 15.', why: { vector_score: 0.2 } } as const;
  expect(labels(chipsOf(hit, asked))).toEqual(['says moved, POSTGRES']);
  expect(labels(chipsOf({ ...hit, why: { vector_score: 0.9 } }, asked))).toContain('close in meaning');
});

test('a turn says its speaker, the corrected name, its neighbours and its day', () => {
  const hit = {
    kind: 'turn',
    speaker: 'Maya',
    text: 'I like it here.',
    why: { own: 0, near: 0.9, day: 1, session: 0.8, times_participant: 1.8, times_time: 1.8, answered: 0 },
  } as const;
  expect(labels(chipsOf(hit, asked))).toEqual([
    'name corrected to maya from maja',
    'same day',
    'said by Maya',
    'says when',
    'next to words that fit',
    'the conversation is about it',
  ]);
});

test('a hit without any of these signals still says one reason', () => {
  expect(labels(chipsOf({ kind: 'block', text: 'Nothing alike.', why: {} }, asked))).toEqual([
    'similar words in the file',
  ]);
  expect(labels(chipsOf({ kind: 'turn', text: '', why: {} }, { query: '', corrected: [] }))).toEqual(['similar words']);
});

test('a block says that its file has the name that was asked for', () => {
  const hit = { kind: 'block', path: 'memories/people/maya-chen.md', text: 'I moved.', why: {} } as const;
  expect(labels(chipsOf(hit, asked))).toEqual([
    'says moved',
    'name corrected to maya from maja',
    'in the file of Maya',
  ]);
});

test('words are found by their beginning, not inside of others', () => {
  expect(saidWords('She moves. They moved.', ['moving', 'move'])).toEqual(['moves']);
  expect(saidWords('They deployed it; deployment is done.', ['deploying'])).toEqual(['deployed']);
  expect(saidWords('An artist', ['art'])).toEqual([]);
});

test('an answer is cut at the markers of its citations; other brackets stay text', () => {
  const pieces = answerPieces('She lives in Porto [F1] and [B2]. [X9] <b>[F1]</b>', new Set(['F1', 'B2']));
  expect(pieces.map(({ text, marker }) => marker ?? text)).toEqual([
    'She lives in Porto ',
    'F1',
    ' and ',
    'B2',
    '. [X9] <b>',
    'F1',
    '</b>',
  ]);
  expect(answerPieces('', new Set())).toEqual([]);
});
