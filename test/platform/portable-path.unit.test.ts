import { describe, expect, test } from 'vitest';
import { caseIndex, collisions, isLikeGit, nameFault, pathFault } from '../../functions/platform/portable-path.ts';

describe('a path', () => {
  test.each(['CON', 'aux.md', 'memories/people/Nul.md', 'com1.tar.gz', 'lpt\u00b9.txt', 'prn .txt', 'conout$'])(
    'is not portable when Windows reserves a name in it: %j',
    (path) => {
      expect(pathFault(path)).toBe('a name that Windows reserves');
    },
  );

  test.each([
    ['a:b.md', 'which Windows refuses'],
    ['a/b?/c', 'which Windows refuses'],
    ['say "hi".md', 'which Windows refuses'],
    ['back\\slash', 'which Windows refuses'],
    ['line\nbreak', 'control character'],
    ['bell\u0007', 'control character'],
    ['c1\u0085', 'control character'],
    ['dot.', 'ends with a dot or a space'],
    ['folder /x', 'ends with a dot or a space'],
    ['a//b', 'segment'],
    ['../x', 'segment'],
    ['.GIT/config', 'git reserves'],
    ['git~1', 'git reserves'],
    ['.g\u200dit', 'git reserves'],
    ['..%2fetc', 'an encoded separator'],
    ['%252e%2E', 'an encoded separator'],
    ['a%5Cb', 'an encoded separator'],
    ['a%00', 'an encoded separator'],
    ['\u00fc'.repeat(128), 'more than 255 bytes'],
    [`${'x'.repeat(250)}/${'y'.repeat(50)}`, 'more than 300 characters'],
    ['\ud800', 'not valid Unicode'],
  ])('is not portable: %j', (path, fault) => {
    expect(pathFault(path)).toContain(fault);
  });

  test.each([
    'console.md',
    'auxiliary/x',
    'com10.md',
    'a com1.md',
    '.gitignore',
    '.github/x.yml',
    '\u00fc'.repeat(127),
    '\u0928\u092e\u0938\u094d\u0924\u0947.md',
    "it's (1) & 100%.md",
    '%20%2b%2e.md',
    `${'x'.repeat(250)}/${'y'.repeat(49)}`,
  ])('is portable: %j', (path) => expect(pathFault(path)).toBeUndefined());
});

describe('collisions', () => {
  test('are a file that is also a folder, and paths that differ only in case or composition', () => {
    expect(collisions(['a', 'a/b', 'b'])).toEqual({ clashes: ['a: a file and a folder'], confusions: [] });
    expect(collisions(['Notes/a', 'notes/b', 'notes/c']).confusions).toEqual([
      'notes: some file systems confuse it with Notes',
    ]);
    expect(collisions(['\u00fc', 'u\u0308', '\u00dc']).confusions).toEqual([
      'u\u0308: some file systems confuse it with \u00fc',
      '\u00dc: some file systems confuse it with \u00fc',
    ]);
  });

  test('are not found between other paths', () => {
    expect(collisions(['a/b', 'a/c', 'a.md', 'ab', 'b/a'])).toEqual({ clashes: [], confusions: [] });
  });
});

describe('a name', () => {
  test.each([
    '.git',
    '.GIT',
    '.git.',
    '.git . .',
    'git~1',
    'GIT~12. ',
    '.git::$INDEX_ALLOCATION',
    '.git .:x',
    'git~1:stream',
    '.\u200cg\u200di\u206at\ufeff',
    'a\\.git\\hooks',
  ])('can be taken for .git: %j', (name) => expect(isLikeGit(name)).toBe(true));

  test.each(['.gitignore', '.github', 'git', 'a.git', '.git-x', 'git~', 'git~1x', '.gitmodules', 'x:.git'])(
    'is not taken for .git: %j',
    (name) => expect(isLikeGit(name)).toBe(false),
  );

  test('may have the characters that the caller allows', () => {
    expect(nameFault('is it "so"?', '"?')).toBeUndefined();
    expect(nameFault('a|b', '"?')).toContain('which Windows refuses');
  });
});

test('an index finds paths that differ only in case, also in their folders', () => {
  const index = caseIndex(['Src/App.js', 'e\u0301']);
  expect(index.find('src/b')).toBe('Src');
  expect(index.find('Src/app.js')).toBe('Src/App.js');
  expect(index.find('\u00c9')).toBe('e\u0301');
  for (const path of ['Src/App.js', 'Src/b', '\u00e9', 'Source']) expect(index.find(path)).toBeUndefined();
  index.add('docs/x');
  expect(index.find('Docs/x')).toBe('docs');
});
