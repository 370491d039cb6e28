import { describe, expect, test } from 'vitest';
import { countWords } from '../../../functions/tools/text/count-words.ts';
import { diffTexts } from '../../../functions/tools/text/diff-texts.ts';
import { fillTemplate } from '../../../functions/tools/text/fill-template.ts';
import { answerOf } from '../tool-answer.ts';

describe('count_words', () => {
  const count = async (text: string) =>
    Object.fromEntries((await answerOf(countWords, { text })).split('\n').map((line) => line.split(': ')));

  test.each([
    ['', { words: '0', characters: '0', sentences: '0', lines: '0', paragraphs: '0', 'tokens (estimated)': '0' }],
    ['One two.', { words: '2', characters: '8', 'characters without spaces': '7', sentences: '1', lines: '1' }],
    ["Don't stop. Go on!\n\nNew part\n", { words: '6', sentences: '3', lines: '3', paragraphs: '2' }],
    ['你好世界', { words: '2', characters: '4' }],
    ['👨‍👩‍👧 e\u0301', { characters: '3', words: '1' }],
    ['a\r\nb\rc', { lines: '3' }],
  ])('counts %j', async (text, counts) => {
    expect(await count(text)).toMatchObject(counts);
  });
});

describe('diff_texts', () => {
  const compare = (old_text: string, new_text: string, more = {}) =>
    answerOf(diffTexts, { old_text, new_text, ...more });

  test('writes a unified diff with its counts', async () => {
    expect(await compare('a\nb\nc\n', 'a\nB\nc\nd\n')).toBe(
      '2 added, 1 removed\n--- old\n+++ new\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n',
    );
    expect(await compare('a\nb\nc\n', 'a\nB\nc\n', { context_lines: 0 })).toContain('@@ -2,1 +2,1 @@\n-b\n+B');
  });

  test('says that texts are equal, or equal but for spaces', async () => {
    expect(await compare('a', 'a')).toBe('The texts are equal.');
    expect(await compare(' a\n', 'a\n', { ignore_whitespace: true })).toBe('The texts differ only in spaces.');
  });

  test('gives up on texts that differ everywhere', async () => {
    const lines = (sign: string) =>
      Array.from({ length: 40_000 }, (_, at) => `${sign}${at}`)
        .join('\n')
        .slice(0, 200_000);
    expect(await compare(lines('a'), lines('b'))).toMatch(/^! The texts differ in too many lines/);
  });
});

describe('fill_template', () => {
  const fill = (template: string, values: unknown) => answerOf(fillTemplate, { template, values });

  test.each([
    ['Dear {{ name }}, {{city.zip}}!', { name: 'Ada', city: { zip: 12 } }, 'Dear Ada, 12!'],
    ['{{#items}}{{count}} × {{title}}; {{/items}}', { items: [{ count: 1, title: 'pen' }], title: 'x' }, '1 × pen; '],
    ['{{#tags}}#{{.}} {{/tags}}', { tags: ['a', 'b'] }, '#a #b '],
    ['{{#paid}}paid{{/paid}}{{^paid}}open{{/paid}}', { paid: false }, 'open'],
    ['{{#none}}x{{/none}}{{^none}}nothing{{/none}}', {}, 'nothing'],
    ['{{#a}}{{#b}}{{x}}{{y}}{{/b}}{{/a}}', { a: { x: 1, b: { y: 2 } } }, '12'],
    ['{{a}}', { a: '{{b}}<' }, '{{b}}<'],
    ['{{a}}{{n}}', { a: 0, n: null }, '0'],
    ['{ {a} } {{}} {{a b}}', {}, '{ {a} } {{}} {{a b}}'],
  ])('fills %s', async (template, values, filled) => {
    expect(await fill(template, values)).toBe(filled);
  });

  test.each([
    ['{{name}}', {}, 'there is no value for name'],
    ['{{constructor}}{{__proto__}}', {}, 'there is no value for constructor'],
    ['{{a.length}}', { a: 'text' }, 'there is no value for a.length'],
    ['{{list}}', { list: [1] }, 'list is a list or an object; write {{#list}}…{{/list}}'],
    ['{{#a}}', { a: true }, '{{/a}} is missing'],
    ['{{#a}}{{/b}}', { a: true }, '{{/b}} is where {{/a}} is expected'],
    ['{{/a}}', {}, '{{/a}} closes a section that was not opened'],
    [`${'{{#a}}'.repeat(5)}{{.}}${'{{/a}}'.repeat(5)}`, { a: Array(100).fill(1) }, 'the lists are too long'],
    ['{{#a}}'.repeat(21), { a: true }, 'sections are nested more than 20 deep'],
    ['{{#a}}{{b}}{{/a}}', { a: Array(300).fill(1), b: 'x'.repeat(1_000) }, 'the result is too long'],
  ])('refuses %s', async (template, values, reason) => {
    expect(await fill(template, values)).toBe(`! The template cannot be filled: ${reason}.`);
  });
});
