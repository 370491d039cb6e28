import { text } from '../../text/village.ts';

const LONGEST = 200;

/** Returns the path of the form for a council, with a question about two statements and both as options. */
export function councilPath(one: string, other: string): string {
  const [first, second] = [shorten(one), shorten(other)];
  const query = new URLSearchParams({ question: text.question(first, second) });
  for (const option of [first, second]) query.append('options', option);
  return `/agents/council/new?${query}`;
}

/** A long address is refused by proxies. The end is kept, too: positions of a council begin with one question. */
function shorten(content: string): string {
  const line = content.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST / 2)}…${line.slice(1 - LONGEST / 2)}` : line;
}
