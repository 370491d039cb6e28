import type { Root, RootContent } from 'hast';

/** What a piece of code is. Its colour is in code.vue. */
export type CodeKind = 'word' | 'string' | 'value' | 'comment' | 'name' | 'added' | 'removed' | '';

/** A piece of a line. A line is its pieces in order. */
export type Piece = readonly [text: string, kind: CodeKind];

const LONGEST_COLOURED = 32_000;
const LONGEST_COLOURED_LINE = 500;

/**
 * Whether code is coloured. Some patterns of highlight.js take quadratic time for one long word: a line of 20,000
 * underscores took 5.4 s as TypeScript. Within these bounds the slowest of 190 hostile inputs took 0.3 s.
 */
export function isColourable(text: string): boolean {
  return text.length <= LONGEST_COLOURED && text.split('\n').every((line) => line.length <= LONGEST_COLOURED_LINE);
}

const KINDS: Record<string, CodeKind> = {
  'hljs-keyword': 'word',
  'hljs-built_in': 'word',
  'hljs-tag': 'word',
  'hljs-selector-tag': 'word',
  'hljs-section': 'word',
  'hljs-meta': 'comment',
  'hljs-comment': 'comment',
  'hljs-quote': 'comment',
  'hljs-string': 'string',
  'hljs-regexp': 'string',
  'hljs-char': 'string',
  'hljs-link': 'string',
  'hljs-code': 'string',
  'hljs-number': 'value',
  'hljs-literal': 'value',
  'hljs-symbol': 'value',
  'hljs-bullet': 'value',
  'hljs-title': 'name',
  'hljs-name': 'name',
  'hljs-attr': 'name',
  'hljs-attribute': 'name',
  'hljs-property': 'name',
  'hljs-type': 'name',
  'hljs-selector-class': 'name',
  'hljs-selector-id': 'name',
  'hljs-addition': 'added',
  'hljs-deletion': 'removed',
};

/** Returns the lines of a tree of lowlight. The text of all pieces is the code. */
export function linesOfTree(tree: Root): Piece[][] {
  const lines: Piece[][] = [[]];
  const walk = (nodes: readonly RootContent[], kind: CodeKind): void => {
    for (const node of nodes) {
      if (node.type === 'element') walk(node.children, kindOf(node.properties.className) || kind);
      if (node.type === 'text') addText(lines, node.value, kind);
    }
  };
  walk(tree.children, '');
  return lines;
}

/** Returns the lines of code without colours. */
export function plainLines(text: string): Piece[][] {
  return text.split('\n').map((line) => (line === '' ? [] : [[line, '']]));
}

function addText(lines: Piece[][], text: string, kind: CodeKind): void {
  for (const [index, part] of text.split('\n').entries()) {
    if (index > 0) lines.push([]);
    if (part !== '') lines.at(-1)?.push([part, kind]);
  }
}

function kindOf(names: unknown): CodeKind {
  if (!Array.isArray(names)) return '';
  return names.map((name) => KINDS[String(name)]).find((kind) => kind !== undefined) ?? '';
}
