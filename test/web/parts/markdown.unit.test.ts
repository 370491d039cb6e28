import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, withoutInvisible } from '../../../web/parts/address.ts';
import { MarkdownStream } from '../../../web/parts/markdown-stream.ts';
import { type Block, blocksOf, type Inline, MAX_TEXT } from '../../../web/parts/markdown-tokens.ts';

/** Returns how deep blocks and inlines are nested. */
function depthOf(node: Block | Inline): number {
  const children: (Block | Inline)[] =
    node.kind === 'list' ? node.items.flatMap((item) => item.children) : 'children' in node ? node.children : [];
  return 1 + Math.max(0, ...children.map(depthOf));
}

const inlineOf = (text: string): Inline[] => {
  const [block] = blocksOf(text);
  return block?.kind === 'paragraph' ? block.children : [];
};

describe('blocks of a text', () => {
  it('reads refs in brackets, close to their word, and leaves other brackets', () => {
    expect(inlineOf('Porto [M1], **Rome [m2, M3]** and 【M4】.')).toEqual([
      { kind: 'text', text: 'Porto' },
      { kind: 'ref', names: ['M1'], raw: ' [M1]' },
      { kind: 'text', text: ', ' },
      {
        kind: 'strong',
        children: [
          { kind: 'text', text: 'Rome' },
          { kind: 'ref', names: ['M2', 'M3'], raw: ' [m2, M3]' },
        ],
      },
      { kind: 'text', text: ' and' },
      { kind: 'ref', names: ['M4'], raw: ' 【M4】' },
      { kind: 'text', text: '.' },
    ]);
    expect(inlineOf('[Mx] `[M1]` M1 [M0] [M1')).toEqual([
      { kind: 'text', text: '[Mx] ' },
      { kind: 'code', text: '[M1]' },
      { kind: 'text', text: ' M1 [M0] [M1' },
    ]);
  });

  it('reads the parts that are drawn', () => {
    const text =
      '# A *b*\n\ntext **c** ~~d~~ `e &amp;` &amp; \\*\n\n- [x] done\n- [ ] open\n\n3. three\n\n' +
      '> quote\n\n|a|b|\n|:-|-:|\n|1|2|\n\n---\n\n```TS title\ncode\n```';
    expect(blocksOf(text)).toMatchObject([
      { kind: 'heading', depth: 1, children: [{ kind: 'text', text: 'A ' }, { kind: 'em' }] },
      {
        kind: 'paragraph',
        children: [
          { text: 'text ' },
          { kind: 'strong' },
          { text: ' ' },
          { kind: 'del' },
          { text: ' ' },
          { kind: 'code', text: 'e &amp;' },
          { text: ' & *' },
        ],
      },
      {
        kind: 'list',
        ordered: false,
        items: [
          { checked: true, children: [{ kind: 'paragraph', children: [{ text: 'done' }] }] },
          { checked: false, children: [{ kind: 'paragraph', children: [{ text: 'open' }] }] },
        ],
      },
      { kind: 'list', ordered: true, start: 3 },
      { kind: 'quote', children: [{ kind: 'paragraph' }] },
      { kind: 'table', align: ['left', 'right'], rows: [[[{ text: '1' }], [{ text: '2' }]]] },
      { kind: 'rule' },
      { kind: 'code', text: 'code', language: 'ts' },
    ]);
  });

  it('shows raw HTML as text', () => {
    expect(blocksOf('<img src=x onerror=alert(1)>\n\na <script>b</script>')).toEqual([
      { kind: 'plain', text: '<img src=x onerror=alert(1)>' },
      { kind: 'paragraph', children: [{ kind: 'text', text: 'a <script>b</script>' }] },
    ]);
  });

  it('shows an image as its description and address', () => {
    expect(inlineOf('![a cat](https://x.example/c.png?leak=1)')).toEqual([
      { kind: 'image', alt: 'a cat', address: 'https://x.example/c.png?leak=1' },
    ]);
  });

  it('keeps a link that may not be opened as it was written', () => {
    expect(inlineOf('see [here](javascript:alert(1))')).toEqual([
      { kind: 'text', text: 'see [here](javascript:alert(1))' },
    ]);
    expect(inlineOf('[a](/api/keys)')).toEqual([{ kind: 'text', text: '[a](/api/keys)' }]);
  });

  it('bounds the depth of hostile nesting', () => {
    const deep = [
      '> '.repeat(10_000),
      '- '.repeat(10_000),
      '1. '.repeat(10_000),
      '> - '.repeat(5_000),
      '['.repeat(10_000),
      '!['.repeat(10_000),
      '*a **b '.repeat(5_000) + '** *'.repeat(5_000),
      Array.from({ length: 400 }, (_, level) => `${'  '.repeat(level)}- a`).join('\n'),
    ];
    for (const text of deep) {
      const depths = blocksOf(`${text}a`).map(depthOf);
      expect(Math.max(...depths)).toBeLessThan(30);
    }
  });

  it('shows text as it was written when it has too many parts or characters', () => {
    expect(blocksOf('a\n'.repeat(MAX_TEXT))).toMatchObject([{ kind: 'plain' }]);
    expect(blocksOf(`|a|b|\n|-|-|\n${'|c|d|\n'.repeat(20_000)}`)).toMatchObject([{ kind: 'plain' }]);
    expect(blocksOf(`${'|a'.repeat(100)}|\n${'|-'.repeat(100)}|`)).toMatchObject([{ kind: 'plain' }]);
    expect(inlineOf(`${'a.'.repeat(20_000)}@`)).toEqual([{ kind: 'text', text: `${'a.'.repeat(20_000)}@` }]);
  });
});

describe('addresses', () => {
  it('opens only http, https and mailto', () => {
    for (const address of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      'javascript&colon;alert(1)',
      '&#106;avascript:alert(1)',
      'data:text/html,x',
      'blob:https://x.example/1',
      'file:///etc/passwd',
      'vbscript:x',
      '//x.example',
      '/api',
      '#top',
      'https://',
      'https://user@x.example',
      'https://apexflow.example@x.example/',
      `https://x.example/${'a'.repeat(5_000)}`,
    ]) {
      expect(addressOf(address), address).toBeUndefined();
    }
    expect(addressOf('HTTPS://X.example/a?b=1&amp;c')).toEqual({
      href: 'https://x.example/a?b=1&c',
      host: 'x.example',
      isForeignScript: false,
    });
    expect(addressOf('mailto:a@x.example')).toMatchObject({ host: 'a@x.example' });
  });

  it('shows lookalike hosts in Punycode', () => {
    expect(addressOf('https://аpple.com')).toEqual({
      href: 'https://xn--pple-43d.com/',
      host: 'xn--pple-43d.com',
      isForeignScript: true,
    });
  });

  it('removes controls that are invisible or turn the text', () => {
    expect(addressOf('https://x.example/\u202egpj.exe\u200b')?.href).toBe('https://x.example/gpj.exe');
    expect(withoutInvisible('a\u202e\u2066b\u{e0041}\u00ad')).toBe('ab');
  });
});

describe('a text that grows', () => {
  const piece = fc.constantFrom(
    ...['a', 'b c', '\n', '\n\n', '\n\n\n', '# ', '- ', '1. ', '  ', '    ', '> ', '```', '```js\n', '|a|b|\n|-|-|\n'],
    ...['|', '**', '*', '`', '~~', '[x]', '[x](https://x.example)', '[x]: https://x.example\n', '---', '===', '<div>'],
    ...['</div>', '<!--', '-->', '<pre>', '</pre>', '- [ ] ', '\t', '\r\n', '\\'],
  );

  it('gives the same blocks as the whole text', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 40 }), (pieces) => {
        const stream = new MarkdownStream();
        let text = '';
        for (const next of pieces) {
          text += next;
          stream.read(text, true);
        }
        expect(stream.read(text, false).map(({ block }) => block)).toEqual(blocksOf(text));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the objects of earlier blocks', () => {
    const stream = new MarkdownStream();
    const text = Array.from({ length: 10 }, (_, index) => `Paragraph ${index}.\n\n`).join('');
    const before = stream.read(text, true);
    const after = stream.read(`${text}And **more`, true);
    expect(after).toHaveLength(11);
    expect(before.map(({ block }) => block)).toEqual(after.slice(0, 10).map(({ block }) => block));
    for (const [index, { block }] of before.entries()) expect(after[index]?.block).toBe(block);
    expect(after[10]?.block).toMatchObject({ children: [{ text: 'And ' }, { kind: 'strong' }] });
  });

  it('starts anew when the text is another', () => {
    const stream = new MarkdownStream();
    stream.read('a\n\nb\n\nc\n\nd', true);
    expect(stream.read('e', true).map(({ block }) => block)).toEqual(blocksOf('e'));
  });
});
