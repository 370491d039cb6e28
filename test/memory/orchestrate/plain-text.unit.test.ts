import { expect, test } from 'vitest';
import { plainText } from '../../../functions/memory/orchestrate/plain-text.ts';

const KNOWN = 'see https://known.example/a for more';
const flat = (text: string) => plainText(text, (address) => KNOWN.includes(address));

test.each([
  ['Plain text, a < b, Vec<T>, [F1] and a list:\n- one', 'Plain text, a < b, Vec<T>, [F1] and a list:\n- one'],
  ['[the page](https://known.example/a "title").', 'the page (https://known.example/a).'],
  ['![](https://known.example/a)', 'https://known.example/a'],
  ['Look at https://known.example/a.', 'Look at https://known.example/a.'],
])('keeps the text of %j', (text, expected) => {
  expect(flat(text)).toEqual({ text: expected, hasRemoved: false });
});

test.each([
  ['![x](https://evil.example/?q=secret)', 'x ([link removed])'],
  ['https://known.example/a?q=secret!', '[link removed]!'],
  ['[x](javascript:alert(1))', 'x ([link removed]))'],
  ['[x]( <HTTPS://evil.example/x> )', 'x ([link removed])'],
  ['![x][1]\n\n[1]: https://evil.example/x', '![x][1]\n\n1: [link removed]'],
  ['<https://evil.example>', '‹[link removed]>'],
  ['data:text/html,<script>x</script>', '[link removed],‹script>x‹/script>'],
])('removes addresses and markup from %j', (text, expected) => {
  expect(flat(text)).toEqual({ text: expected, hasRemoved: true });
});

test.each(['<img src=x>', '< / Script >', '<svg/onload=x>', '<a href="/x">', '<IFRAME\nsrc=x>'])(
  'breaks the tag %j',
  (text) => {
    expect(flat(text).text).toMatch(/^‹/);
  },
);

test('breaks a link that is longer than the pattern', () => {
  expect(flat(`[x](https://known.example/a${'b'.repeat(600)})`).text).not.toContain('](');
});

test.each(['[](a', '![a](', '[', '<a ', 'https://', '[a]: ', '\n['])('ends on repetitions of %j', (item) => {
  // A pattern that backtracks without bound would exceed the time limit of the test.
  expect(flat(item.repeat(Math.ceil(20_000 / item.length))).text).toEqual(expect.any(String));
});
