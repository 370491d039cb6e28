import type { Links, Token } from 'marked';
import remend from 'remend';
import { MAX_TEXT, type TopBlock, topBlocksOf } from './markdown-tokens.ts';

/**
 * Reads a text that grows. Blocks that later text cannot change are kept, and only the rest is lexed again. What was
 * kept ends at a blank line before the last two groups of blocks: text after a blank line changes the block before it
 * (a list goes on), but no earlier one. A link definition changes blocks above it, so the whole text is lexed once more
 * at the end.
 */
export class MarkdownStream {
  private kept: TopBlock[] = [];
  private keptText = '';
  private links: Links = {};
  private hasDefinitions = false;
  private shown: TopBlock[] = [];

  /**
   * Returns the blocks of the text. A `block` that is the same as before is the same object.
   * @param streaming whether more text is expected. Open ends (`**bold`) are then closed
   */
  read(text: string, streaming: boolean): TopBlock[] {
    const whole = text.replace(/\r\n?/g, '\n');
    if (!whole.startsWith(this.keptText) || whole.length > MAX_TEXT || (!streaming && this.hasDefinitions))
      this.reset();
    const tail = whole.slice(this.keptText.length);
    const lexed = topBlocksOf(streaming ? closed(tail) : tail, this.links);
    const first = this.kept.length;
    this.shown = [...this.kept, ...lexed.blocks].map((block, index) => sameOf(this.shown[index], block));
    this.hasDefinitions ||= Object.keys(lexed.links).length > 0;
    if (streaming && whole.length <= MAX_TEXT) this.keep(tail, lexed.tokens, lexed.links, this.shown.slice(first));
    return this.shown;
  }

  private reset(): void {
    this.kept = [];
    this.keptText = '';
    this.links = {};
    this.hasDefinitions = false;
    this.shown = [];
  }

  /** Keeps what is before the last two groups. Closed ends are not in it, because they are at the end of the text. */
  private keep(tail: string, tokens: readonly Token[], links: Links, blocks: readonly TopBlock[]): void {
    const end = stableEnd(tokens);
    const source = tokens
      .slice(0, end)
      .map(({ raw }) => raw)
      .join('');
    if (end === 0 || !tail.startsWith(source)) return;
    this.kept = [...this.kept, ...blocks.filter(({ at }) => at < end).map((block) => ({ ...block, at: -1 }))];
    this.keptText += source;
    this.links = { ...links };
  }
}

/** Definitions that came later are not in the source of a block, so a text with definitions starts anew at its end. */
function sameOf(before: TopBlock | undefined, block: TopBlock): TopBlock {
  if (before?.raw !== block.raw || before.block.kind !== block.block.kind) return block;
  return before.at === block.at ? before : { ...block, block: before.block };
}

/** Returns the index after the blank lines that are before the last two groups, or 0. */
function stableEnd(tokens: readonly Token[]): number {
  let groups = 0;
  for (let index = tokens.length - 2; index > 0; index -= 1) {
    if (tokens[index]?.type !== 'space') continue;
    groups += 1;
    if (groups === 2) return index + 1;
  }
  return 0;
}

function closed(tail: string): string {
  return tail.length > 20_000 ? tail : remend(tail, { linkMode: 'text-only', images: false });
}
