/**
 * Finds and replaces a text without regard to line breaks. Models write `\n`, and a file may have `\r\n`, `\r`, or
 * different ones in different lines. Each replaced line keeps the line break of its place.
 */

export interface Place {
  /** Where the text begins and ends in the file's text. */
  start: number;
  end: number;
}

const LINE_BREAK = /\r\n|\r|\n/g;

/** Finds the places of a text one after the other. They do not overlap. */
export function* findPlaces(text: string, wanted: string): Generator<Place> {
  const folded = fold(text);
  const sought = fold(wanted);
  const original = originalOffsets(text);
  for (let at = folded.indexOf(sought); at >= 0; at = folded.indexOf(sought, at + sought.length))
    yield { start: original(at), end: original(at + sought.length) };
}

const fold = (text: string): string => text.replace(LINE_BREAK, '\n');

/**
 * Returns a function from offsets of the folded text to those of the text, for offsets that never decrease. The folded
 * text lacks the `\r` of each `\r\n` in front of an offset.
 */
function originalOffsets(text: string): (offset: number) => number {
  let removed = 0;
  let next = text.indexOf('\r\n');
  return (offset) => {
    while (next >= 0 && next - removed < offset) {
      removed += 1;
      next = text.indexOf('\r\n', next + 2);
    }
    return offset + removed;
  };
}

/** Replaces the places, in their order, by a text whose line breaks become those of the place. */
export function replacePlaces(text: string, places: Iterable<Place>, replacement: string): string {
  const lines = fold(replacement).split('\n');
  const breakBefore = breaksBefore(text);
  const pieces: string[] = [];
  let end = 0;
  for (const place of places) {
    const inside = text.slice(place.start, place.end).match(LINE_BREAK);
    pieces.push(text.slice(end, place.start), withBreaks(lines, inside ?? [breakBefore(place.start)]));
    end = place.end;
  }
  pieces.push(text.slice(end));
  return pieces.join('');
}

/** Returns a function to the last line break before an offset, or else the first of the text, for rising offsets. */
function breaksBefore(text: string): (offset: number) => string {
  const breaks = text.matchAll(LINE_BREAK);
  let next = breaks.next().value;
  let last = next?.[0] ?? '\n';
  return (offset) => {
    while (next !== undefined && next.index < offset) {
      last = next[0];
      next = breaks.next().value;
    }
    return last;
  };
}

/** Joins lines with these breaks. When there are more lines, the last break is repeated. */
function withBreaks(lines: readonly string[], breaks: readonly string[]): string {
  return lines
    .map((line, index) => (index === lines.length - 1 ? line : line + (breaks[index] ?? breaks.at(-1) ?? '\n')))
    .join('');
}
