export const MASK = '[removed]';

/**
 * Masks texts in a text that arrives in pieces, also where a text is cut between two pieces. The end of a piece that
 * could be the start of such a text is held back until the next piece decides: at most the longest text without its
 * last character. The time is linear in the length of the text.
 */
export function maskStream(hidden: readonly string[]) {
  const texts = hidden.filter((text) => text !== '').sort((one, other) => other.length - one.length);
  // At one place the longest text wins, so that no end of a text stays whose start is a hidden text of its own.
  const pattern = texts.length > 0 ? new RegExp(texts.map(escaped).join('|')) : undefined;
  let held = '';
  const take = (piece: string, isEnd: boolean): string => {
    let rest = held + piece;
    let shown = '';
    for (;;) {
      const safe = isEnd ? rest.length : safeLength(rest, texts);
      const found = pattern?.exec(rest);
      if (!found || found.index >= safe) {
        held = rest.slice(safe);
        return shown + rest.slice(0, safe);
      }
      shown += rest.slice(0, found.index) + MASK;
      rest = rest.slice(found.index + found[0].length);
    }
  };
  return {
    /** Returns what can be shown after this piece. */
    add: (piece: string): string => take(piece, false),
    /** Returns what was held back, when no piece follows. */
    end: (): string => take('', true),
    /** Forgets what was held back. */
    reset: (): void => {
      held = '';
    },
  };
}

/** Returns the length of a text without an end that is the start of a hidden text. `hidden` has the longest first. */
function safeLength(text: string, hidden: readonly string[]): number {
  const longest = hidden[0]?.length ?? 0;
  for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1) {
    const end = text.slice(at);
    if (hidden.some((whole) => whole.length > end.length && whole.startsWith(end))) return at;
  }
  return text.length;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
