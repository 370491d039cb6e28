import { defineComponent, h, type PropType, type VNodeChild } from 'vue';
import { partsText } from '../text/parts.ts';
import Code from './code.vue';
import MarkdownLink from './markdown-link.vue';
import { MarkdownRef } from './markdown-ref.ts';
import type { Align, Block, Inline } from './markdown-tokens.ts';

/** Draws one block of a text. It is drawn again only when it gets another block, so earlier blocks cost nothing. */
export const MarkdownBlock = defineComponent({
  name: 'MarkdownBlock',
  props: {
    block: { type: Object as PropType<Block>, required: true },
    /** The level of a heading of the first depth. */
    level: { type: Number, required: true },
  },
  setup: (props) => () => drawBlock(props.block, props.level),
});

const PLAIN_LINES = 200;

function drawBlock(block: Block, level: number): VNodeChild {
  switch (block.kind) {
    case 'paragraph':
      return h('p', drawInlines(block.children));
    case 'heading': {
      const at = Math.min(6, level + block.depth - 1);
      return h(
        `h${at}`,
        { class: ['md-heading', `md-heading-${Math.min(3, block.depth)}`] },
        drawInlines(block.children),
      );
    }
    case 'code':
      return h(Code, { code: block.text, language: block.language });
    case 'quote':
      return h('blockquote', drawBlocks(block.children, level));
    case 'list':
      return h(
        block.ordered ? 'ol' : 'ul',
        block.ordered && block.start !== 1 ? { start: block.start } : {},
        block.items.map((item) => drawItem(item, level)),
      );
    case 'table':
      return drawTable(block);
    case 'rule':
      return h('hr');
    default:
      return h('div', { class: 'md-plain voice-machine' }, plainParts(block.text));
  }
}

function drawBlocks(blocks: readonly Block[], level: number): VNodeChild[] {
  return blocks.map((block) => drawBlock(block, level));
}

/** A task is a tick or an empty box with a word, and no control: nobody can tick it here. */
function drawItem(item: { checked: boolean | undefined; children: Block[] }, level: number): VNodeChild {
  if (item.checked === undefined) return h('li', drawBlocks(item.children, level));
  return h('li', { class: 'md-task' }, [
    h(
      'span',
      { 'aria-hidden': 'true', class: item.checked ? 'md-tick text-moss' : 'md-tick' },
      item.checked ? '☑' : '☐',
    ),
    h('span', { class: 'sr-only' }, `${item.checked ? partsText.taskDone : partsText.taskOpen}: `),
    h('div', drawBlocks(item.children, level)),
  ]);
}

function drawTable(table: Extract<Block, { kind: 'table' }>): VNodeChild {
  const cell = (tag: 'th' | 'td', children: Inline[], align: Align): VNodeChild =>
    h(tag, { class: align && `md-${align}`, scope: tag === 'th' ? 'col' : undefined }, drawInlines(children));
  const row = (tag: 'th' | 'td', cells: Inline[][]): VNodeChild =>
    h(
      'tr',
      cells.map((children, index) => cell(tag, children, table.align[index])),
    );
  return h('div', { class: 'md-table', tabindex: 0, role: 'region', 'aria-label': partsText.table }, [
    h('table', [
      h('thead', [row('th', table.header)]),
      h(
        'tbody',
        table.rows.map((cells) => row('td', cells)),
      ),
    ]),
  ]);
}

/** Large text is cut into parts, so that the browser lays out only those in view (`content-visibility`). */
function plainParts(text: string): VNodeChild[] {
  const lines = text.split('\n');
  const parts: VNodeChild[] = [];
  for (let start = 0; start < lines.length; start += PLAIN_LINES) {
    parts.push(h('div', { class: 'md-plain-part' }, `${lines.slice(start, start + PLAIN_LINES).join('\n')}\n`));
  }
  return parts;
}

function drawInlines(inlines: readonly Inline[]): VNodeChild[] {
  return inlines.map(drawInline);
}

function drawInline(inline: Inline): VNodeChild {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return h('code', { class: 'md-code' }, inline.text);
    case 'break':
      return h('br');
    case 'link':
      return h(MarkdownLink, { address: inline.address }, { default: () => drawInlines(inline.children) });
    case 'ref':
      return h(MarkdownRef, { names: inline.names, raw: inline.raw });
    case 'image':
      return h('span', { class: 'md-image' }, partsText.image(inline.alt, inline.address));
    default:
      return h(inline.kind, drawInlines(inline.children));
  }
}
