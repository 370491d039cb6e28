import { cutText } from '../../platform/cut-text.ts';
import { readClaim } from './read-claim.ts';

const MOST_WORDS = 5;
const FEWEST_WORDS = 2;
const LONGEST = 80;

/**
 * Returns a label for statements that agree: up to five words that more than half of them have, as the most central
 * statement writes them. With fewer than two such words the beginning of that statement. `texts` begins with the most
 * central one and is not empty.
 */
export function topicOf(texts: readonly string[]): string {
  const claims = texts.map((text) => readClaim(text).words);
  const [central = []] = claims;
  const shared = central.filter(
    ({ stem, groups }, at) =>
      central.findIndex((word) => word.stem === stem) === at &&
      claims.filter((words) =>
        words.some((word) => word.stem === stem || [...word.groups].some((name) => groups.has(name))),
      ).length >
        claims.length / 2,
  );
  const words = shared.slice(0, MOST_WORDS).map(({ text }) => text);
  return cutText(words.length < FEWEST_WORDS ? (texts[0] ?? '') : words.join(' '), LONGEST);
}
