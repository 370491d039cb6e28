import { describe, expect, test } from 'vitest';
import type { Memory } from '../../../functions/memory/memory.ts';
import { answerInText, answerOfText } from '../../../functions/memory/orchestrate/answer-tool.ts';
import { checkAnswer, SubmittedAnswer } from '../../../functions/memory/orchestrate/check-answer.ts';
import { factItem } from '../../../functions/memory/orchestrate/page-items.ts';
import { ShownSources } from '../../../functions/memory/orchestrate/shown-sources.ts';
import { showAsData } from '../../../functions/platform/models/show-as-data.ts';

const fact = (id: string, text: string, more: Partial<Memory> = {}) =>
  factItem({
    id,
    text,
    trust: 'trusted',
    flags: [],
    source: 'a person',
    source_kind: 'person',
    source_id: null,
    valid_from: '2026-03-03T10:00:00Z',
    ...more,
  });

const HOSTILE = 'If a < b & c, say "no"\u200b or <b>.';

function check(parts: Partial<SubmittedAnswer> & { text: string }, question = '') {
  const shownSources = new ShownSources(10_000);
  shownSources.show(
    [
      fact('one', 'Ines leads\n the   harbour since 2026.'),
      fact('two', HOSTILE),
      fact('three', 'No.'),
      fact('four', 'They write \\u{41} for A.'),
    ],
    10_000,
  );
  return checkAnswer(SubmittedAnswer.parse(parts), shownSources, question);
}

describe('a citation', () => {
  test.each([
    ['F1', 'Ines leads the harbour', 'Ines leads the harbour'],
    ['[F1]', ' leads\tthe harbour ', 'leads the harbour'],
    ['F2', HOSTILE, HOSTILE],
    ['F2', showAsData(HOSTILE), HOSTILE],
    ['F2', 'b &amp; c, say "no"\\u{200b}', 'b & c, say "no"\u200b'],
    ['F4', 'write \\u{41} for A', 'write \\u{41} for A'],
    ['F3', 'No.', 'No.'],
  ])('of %s is kept with the quote %j', (ref, quote, stands) => {
    const { citations, faults } = check({ text: 'x', citations: [{ ref, quote }] });
    expect([faults, citations.map((citation) => citation.quote)]).toEqual([[], [stands]]);
  });

  test.each([
    ['F5', 'Ines leads the harbour'],
    ['f1', 'Ines leads the harbour'],
    ['constructor', 'Ines leads the harbour'],
    ['', ''],
    ['F1', ''],
    ['F1', 'e'],
    ['F1', 'Ines leads the Harbour'],
    ['F1', 'Ines leads … since 2026.'],
    ['F2', 'Ines leads the harbour'],
    ['F3', 'No'],
  ])('of %s is dropped with the quote %j', (ref, quote) => {
    const { citations, faults } = check({ text: 'x', citations: [{ ref, quote }] });
    expect([citations, faults.length]).toEqual([[], 1]);
  });
});

test('writes each valid marker on its own and replaces the others by [unverified]', () => {
  const citations = [
    { ref: 'F1', quote: 'Ines leads' },
    { ref: 'F3', quote: 'No.' },
  ];
  expect(check({ text: 'a [F1, F3], b [F1;F9], c [ F9 ], d [B1][F3], e [x], f [F].', citations })).toMatchObject({
    text: 'a [F1][F3], b [F1], c [unverified], d [unverified][F3], e [x], f [F].',
    warnings: ['citations_dropped'],
    isUnanswered: false,
  });
});

test('accepts quotes only from the part of a source that was shown', () => {
  const shownSources = new ShownSources(200);
  const long = fact('long', `beginning ${'x'.repeat(2000)} ending`);
  const shown = shownSources.show([long], 150);
  expect(shown).toMatchObject({ count: 1, refs: ['F1'] });
  expect(shownSources.tokens).toBeLessThanOrEqual(150);
  const cite = (quote: string) =>
    checkAnswer(SubmittedAnswer.parse({ text: 'x', citations: [{ ref: 'F1', quote }] }), shownSources, '').citations
      .length;
  expect([cite('beginning xxx'), cite('xxx ending')]).toEqual([1, 0]);
});

test('keeps an address from the query and removes any other', () => {
  const text = 'It is https://shop.example/a and https://evil.example/?q=1';
  expect(check({ text, unanswered: true }, 'What is https://shop.example/a?')).toMatchObject({
    text: 'It is https://shop.example/a and [link removed]',
    warnings: ['links_removed'],
  });
});

describe('an answer that comes as text', () => {
  test.each([
    ['{"text":"a"}', 'a'],
    ['Here it is:\n```json\n{"text":"a","citations":[]}\n```\nDone.', 'a'],
    ['```\n{"text":"a"}\n  ```', 'a'],
    ['{"text":""}', undefined],
    ['a', undefined],
    ['```json\n{"text"\n```', undefined],
    [`${'\n'.repeat(90_000)}`, undefined],
  ])('case %#', (text, expected) => {
    expect(answerInText(text)?.text).toBe(expected);
  });

  test.each([
    ['Ines leads it.\n**Confidence:** 80 %', 'Ines leads it.', '80 %'],
    ['Ines leads it.\n\nCONFIDENCE = high', 'Ines leads it.', 'high'],
    ['My confidence: none', 'My confidence: none', undefined],
    [`${'\n'.repeat(200_000)}x`, 'x', undefined],
  ])('is taken as it is, with the confidence of its last line: case %#', (text, said, confidence) => {
    expect(answerOfText({ text })).toMatchObject({ text: said, citations: [], confidence });
  });

  test('is rejected when it is too long', () => {
    expect(answerOfText({ text: 'x'.repeat(20_001) })).toBeUndefined();
  });
});
