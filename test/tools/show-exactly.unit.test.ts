import { describe, expect, test } from 'vitest';
import { showExactly, showLines } from '../../functions/tools/show-exactly.ts';

describe('a name', () => {
  test.each([
    ['docs/read me.md', 'docs/read me.md'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['a\u001b[31mb', 'a\\u{1b}[31mb'],
    ['invoice\u202efdp.exe', 'invoice\\u{202e}fdp.exe'],
    ['a\u200bb\u200dc\ufeffd\u2060e\u00ade', 'a\\u{200b}b\\u{200d}c\\u{feff}d\\u{2060}e\\u{ad}e'],
    ['a\u3164b\u115fc\u2800d\u034fe\ufe0ff', 'a\\u{3164}b\\u{115f}c\\u{2800}d\\u{34f}e\\u{fe0f}f'],
    ['a\u{e0041}b\u{f0000}c\ue000', 'a\\u{e0041}b\\u{f0000}c\\u{e000}'],
    ['a\u00a0b\u2003c\u3000d', 'a\\u{a0}b\\u{2003}c\\u{3000}d'],
    ['already \\u{41}', 'already \\\\u{41}'],
  ])('shows what is not drawn: %j', (name, shown) => expect(showExactly(name)).toBe(shown));

  test.each([
    ['p\u0430ypal.js', 'p\\u{430}ypal.js'],
    ['\u0441\u043e\u0440\u0443', '\\u{441}\\u{43e}\\u{440}\\u{443}'],
    ['\u0455\u0441ript.py', '\\u{455}\\u{441}ript.py'],
    ['g\u0131thub', 'g\\u{131}thub'],
    ['l\u03bfgin', 'l\\u{3bf}gin'],
    ['\uff45vil', '\\u{ff45}vil'],
    ['\u{1d41a}b', '\\u{1d41a}b'],
    ['a\u2215b', 'a\\u{2215}b'],
    ['.github\u2044workflows', '.github\\u{2044}workflows'],
    ['a\u2024js', 'a\\u{2024}js'],
    ['rm\u2010rf', 'rm\\u{2010}rf'],
  ])('shows what looks like another character: %j', (name, shown) => expect(showExactly(name)).toBe(shown));

  test.each([
    'docs/отчёт.md',
    'Größe.txt',
    'naïve.md',
    '資料/レポート.md',
    'README日本語.md',
    'ελληνικά.txt',
    '🚀.md',
    'عقد.pdf',
  ])('leaves names of other languages: %s', (name) => expect(showExactly(name)).toBe(name));

  test('runs in linear time', () => {
    for (const part of ['\u0430a', '\u202e', '-.', '\\', '\uff45'])
      expect(showExactly(part.repeat(200_000)).length).toBeGreaterThan(200_000);
  });
});

test('a line in another script keeps its words, and letters of that script between Latin ones are shown', () => {
  expect(showLines('сор из дома, а не p\u0430ypal')).toBe('  | сор из дома, а не p\\u{430}ypal');
  expect(showLines('Use \u0441\u043e\u0440\u0443')).toBe('  | Use \\u{441}\\u{43e}\\u{440}\\u{443}');
});

test('a message keeps its lines and the punctuation of prose, and no line can look like one of ours', () => {
  expect(showLines('Fix “it” – don’t…\n\nChanges (A added):\nA docs/x\u202e')).toBe(
    '  | Fix “it” – don’t…\n  | \n  | Changes (A added):\n  | A docs/x\\u{202e}',
  );
});
